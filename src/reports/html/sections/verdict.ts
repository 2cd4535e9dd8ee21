import { sanitizeForTerminal } from '../../../base/printable.ts';
import { versionFields } from '../../../scoring/answer.ts';
import type { RunRecord } from '../../../scoring/record.ts';
import type { Verdict, VerdictName } from '../../../gates/verdict.ts';
import { warningSentence } from '../../comparison-warnings.ts';
import { picturedArms } from '../charts/figure.ts';
import { foreign, html, type Markup, type Piece } from '../markup.ts';
import type { ReportModel } from '../model.ts';
import { minute, missing } from '../numbers.ts';
import { verdictSymbols } from '../verdict-symbols.ts';

/** The answer to "may we flip?", what it rests on, and what it is about. */
export function verdictSection(model: ReportModel): Markup {
  const [verdict] = model.verdicts;
  const { headline, sentence } = answerOf(model, verdict);
  const { expires_at: expires, evaluated_at: evaluated } = verdict ?? {};
  return html`<section class="verdict ${verdict?.verdict ?? 'none'}" aria-labelledby="verdict-title">
      <p class="symbol" aria-hidden="true">
        ${verdict === undefined ? 'i' : verdictSymbols[verdict.verdict]}
      </p>
      <div>
        <h1 id="verdict-title">${headline}</h1>
        <p class="reason">${foreign(sentence)}</p>
        ${expires !== undefined && evaluated !== undefined && html`<p id="expiry" data-judged="${evaluated}" data-expires="${expires}">Judged ${time(evaluated)}. Holds until ${time(expires)}.</p>`}
      </div>
    </section>
    ${notes(model)} ${subject(model, verdict)}`;
}

function answerOf(
  { candidate, baseline, comparison }: ReportModel,
  verdict: Verdict | undefined,
): { headline: string; sentence: string } {
  const arm = sanitizeForTerminal(candidate.record.arm, 40);
  if (verdict === undefined) {
    const compared =
      baseline === undefined
        ? `${arm} was measured`
        : `${arm} was compared with ${sanitizeForTerminal(baseline.record.arm, 40)}`;
    const alike =
      comparison === undefined && baseline !== undefined
        ? ' The two runs cannot be compared in numbers.'
        : '';
    return {
      headline: `Not judged: ${compared}`,
      sentence: `When this page was made, no gate had judged ${baseline === undefined ? 'this run' : 'these runs'}. flipgate gate acceptance does, and flipgate report makes the page anew.${alike}`,
    };
  }
  const gate = sanitizeForTerminal(verdict.gate, 40);
  return {
    headline: headlineOf(verdict, arm),
    sentence: `Gate ${gate}: ${sanitizeForTerminal(verdict.reason, 600)}`,
  };
}

/** The watch gate judges an arm that is live already. */
function headlineOf({ gate, verdict, expires_at: expires }: Verdict, arm: string): string {
  const live = gate === 'watch';
  // Where no script runs, nothing else says that a pass has ended.
  const until = expires === undefined ? '' : ` until ${minute(expires)}`;
  const headlines: Readonly<Record<VerdictName, string>> = {
    pass: `Pass: ${arm} may ${live ? 'stay' : 'go'} live${until}`,
    fail: live ? `Fail: roll back from ${arm}` : `Fail: do not flip to ${arm}`,
    inconclusive: live ? `Inconclusive: go on watching ${arm}` : `Inconclusive: do not flip to ${arm} yet`,
    error: `Error: nothing was decided about ${arm}`,
  };
  return headlines[verdict];
}

function notes({ verdicts, comparison, incomparable, candidate }: ReportModel): Markup | undefined {
  const [verdict] = verdicts;
  const judged = [verdict, ...(verdict?.problems ?? [])].flatMap((told) => told?.reason ?? []);
  const isTold = incomparable === undefined || judged.some((reason) => reason.includes(incomparable));
  const lines = [
    ...(verdict?.problems ?? [])
      .filter(({ reason }) => reason !== verdict?.reason)
      .map(({ reason }) => sanitizeForTerminal(reason, 600)),
    ...(isTold ? [] : [`these runs cannot be compared: ${sanitizeForTerminal(incomparable, 600)}`]),
    ...(comparison?.warnings ?? []).map(({ code }) => warningSentence(code) ?? sanitizeForTerminal(code)),
    ...(candidate.record.status === 'complete'
      ? []
      : [
          `The run of ${sanitizeForTerminal(candidate.record.arm, 40)} is ${candidate.record.status}: what was not asked is missing below.`,
        ]),
    ...verdicts
      .slice(1)
      .map(
        ({ gate, verdict: name, reason }) =>
          `Gate ${sanitizeForTerminal(gate, 40)}: ${name}. ${sanitizeForTerminal(reason, 600)}`,
      ),
  ];
  return lines.length === 0
    ? undefined
    : html`<ul class="notes">
        ${lines.map((line) => html`<li>${foreign(line)}</li>`)}
      </ul>`;
}

function subject(model: ReportModel, verdict: Verdict | undefined): Markup {
  return html`<section class="subject" aria-labelledby="subject-title">
    <h2 id="subject-title">What it is about</h2>
    <div class="columns">
      <dl>
        ${factsOf(model.candidate.record, verdict).map(
          ([term, fact]) =>
            html`<div>
              <dt>${term}</dt>
              <dd>${fact}</dd>
            </div>`,
        )}
      </dl>
      ${versionsTable(model)}
    </div>
  </section>`;
}

function factsOf(
  record: RunRecord,
  verdict: Verdict | undefined,
): readonly (readonly [term: string, fact: Piece])[] {
  return [
    [
      'gold set',
      html`${foreign(sanitizeForTerminal(record.gold.path))} <code>${record.gold.sha256.slice(0, 12)}</code>`,
    ],
    [
      'asked',
      `${record.plan.questions} questions × ${record.plan.phrasings} phrasings × ${record.plan.seeds.length} seeds`,
    ],
    [
      'embedder',
      record.embedder === undefined
        ? 'not scored'
        : html`<code>${sanitizeForTerminal(record.embedder.id, 40)}</code>, view ${record.view}`,
    ],
    [
      'evidence',
      html`<span id="age" data-finished="${verdict?.evidence_at ?? record.finished_at}"
        >finished ${time(verdict?.evidence_at ?? record.finished_at)}</span
      >`,
    ],
    ['policy', verdict?.policy === undefined ? missing : html`<code>${verdict.policy.slice(0, 12)}</code>`],
  ];
}

function versionsTable(model: ReportModel): Markup {
  const arms = picturedArms(model);
  const rows = versionFields.map((field) => ({
    field,
    values: arms.map(({ arm }) => arm.record.artifact[field]),
  }));
  const shorten = (text: string | undefined): Piece =>
    text === undefined ? missing : html`<code>${foreign(sanitizeForTerminal(text, 20))}</code>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Versions of the arms">
    <table id="versions" class="versions">
      <thead>
        <tr>
          <th scope="col">version</th>
          ${arms.map(({ name, kind }) => html`<th scope="col"><span class="key ${kind}">${name}</span></th>`)}${arms.length > 1 && html`<th scope="col">changed</th>`}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ field, values }) =>
            html`<tr>
              <th scope="row">${field}</th>
              ${values.map((value) => html`<td>${shorten(value)}</td>`)}${values.length > 1 && html`<td>${values[0] === values[1] ? 'same' : html`<strong>differs</strong>`}</td>`}
            </tr>`,
        )}
        <tr>
          <th scope="row">artifact</th>
          ${arms.map(({ arm }) => html`<td><code>${arm.record.artifact.sha256.slice(0, 12)}</code></td>`)}${arms.length > 1 && html`<td></td>`}
        </tr>
        <tr>
          <th scope="row">run</th>
          ${arms.map(({ arm }) => html`<td><code>${sanitizeForTerminal(arm.record.id, 60)}</code></td>`)}${arms.length > 1 && html`<td></td>`}
        </tr>
      </tbody>
    </table>
  </div>`;
}

function time(text: string): Markup {
  return html`<time datetime="${text}">${minute(text)}</time>`;
}
