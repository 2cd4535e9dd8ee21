import { missingVersions } from '../../scoring/artifact.ts';
import type { Answer } from '../../scoring/answer.ts';

/** What an answer lacks, and how to add it. */
export function adviceOf(
  { response, findings }: Answer & { outcome: 'ok' },
  pins: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const missing = missingVersions(response.versions);
  const snippetFields = findings
    .filter(({ code }) => code === 'snippet_field_missing')
    .map(({ field }) => field ?? '');
  const unpinned = Object.keys(pins).length === 0;
  return [
    response.retrieved === undefined
      ? [
          'no "retrieved": add the snippets that the reasoner saw, or map them with response.retrieved; without them there is no ΔS and no coverage',
        ]
      : [],
    response.answer === undefined
      ? [
          'no "answer": λ is then judged by the snippet ids alone; map it with response.answer where there is one',
        ]
      : [],
    snippetFields.length > 0
      ? [`snippets lack ${snippetFields.join(', ')}: with them coverage is exact instead of aligned`]
      : [],
    response.stages === undefined
      ? [
          'no "stages": return seconds per stage in the body, or a Server-Timing header, to see where the time goes',
        ]
      : [],
    missing.length > 0
      ? [
          `versions lack ${missing.join(', ')}: return them in "versions", as X-<FIELD> headers, or name a versionsUrl`,
        ]
      : [],
    unpinned
      ? [
          'no pins: write the version fields you mean to evaluate under pins, so that another artifact is noticed',
        ]
      : [],
  ].flat();
}

/** What to try where there was no answer. */
export function faultAdvice(answer: Exclude<Answer, { outcome: 'ok' }>): readonly string[] {
  switch (answer.outcome) {
    case 'network':
      return ['is the URL right, and does the service listen there? try it with curl'];
    case 'timeout':
      return ['raise timeoutSeconds if the service is that slow; otherwise see what it waits for'];
    case 'status':
      return [statusAdvice(answer.status)];
    case 'shape':
      return ['map the response with JMESPath expressions under response: { answer: …, retrieved: … }'];
  }
}

function statusAdvice(status: number | undefined): string {
  switch (status) {
    case 401:
    case 403:
      return 'the service wants credentials: set headers: { authorization: "Bearer ${TOKEN}" }';
    case 404:
    case 405:
      return 'the service is there, but not at this path or with this method: set url: and method: of the arm';
    case 400:
    case 415:
    case 422:
      return 'the service does not take this request: give the arm the body that it wants, for example body: { query: "{{question}}", seed: "{{seed}}" }';
    default:
      return 'the service itself fails: its own log says why; url:, method:, headers: and body: of the arm say what it is sent';
  }
}
