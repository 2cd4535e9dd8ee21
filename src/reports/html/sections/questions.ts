import { sanitizeForTerminal } from '../../../base/printable.ts';
import { lambdaStates } from '../../../scoring/record.ts';
import { embedQuestions } from '../embed-questions.ts';
import { picturedArms, type PicturedArm } from '../charts/figure.ts';
import { foreign, html, scriptJson, type Markup } from '../markup.ts';
import type { Measures, ReportCall, ReportModel, ReportQuestion } from '../model.ts';
import { percent, ratio, seconds } from '../numbers.ts';

/** Questions that are shown where no script runs. */
const maxPlain = 200;
const plainAnswer = 600;

/** The questions: what the page's script fills, and without one a plain list. */
export function questionsSection(model: ReportModel): Markup {
  const { questions } = model;
  return html`<section id="questions" aria-labelledby="questions-title">
    <h2 id="questions-title">Questions, worst first</h2>
    ${extent(model)}
    <form id="filters" class="filters" hidden role="search" aria-label="Questions">
      <label>search <input type="search" name="search" autocomplete="off" /></label>
      <label
        >tag
        <select name="tag">
          <option value="">any</option>
          ${tagsOf(questions).map((tag) => html`<option value="${tag}">${sanitizeForTerminal(tag, 40)}</option>`)}
        </select></label
      >
      <label
        >λ state
        <select name="state">
          <option value="">any</option>
          ${lambdaStates.map((state) => html`<option>${state}</option>`)}
        </select></label
      >
      ${model.incomparable === undefined && html`<label class="tick-box"><input type="checkbox" name="worse" /> got worse</label>`}
      <label class="tick-box"><input type="checkbox" name="flips" /> flips</label>
      <label class="tick-box"><input type="checkbox" name="faults" /> has faults</label>
      <button type="reset">clear</button>
    </form>
    <p id="found" role="status"></p>
    <div id="question-list"></div>
    <nav id="pages" class="pages" hidden aria-label="Pages of questions">
      <button type="button" id="page-before">previous</button> <span id="page-now"></span>
      <button type="button" id="page-after">next</button>
    </nav>
    <noscript>${plainList(model)}</noscript>
    <script type="application/json" id="content">
      ${scriptJson(embedQuestions(model))}
    </script>
  </section>`;
}

/** What of the questions stands in the page, and where the rest is. */
function extent({ questions, withTexts, baseline, candidate }: ReportModel): Markup {
  const full = questions.filter(({ detail }) => detail?.full).length;
  const left = questions.filter(({ detail }) => detail === undefined).length;
  const runs = [...(baseline === undefined ? [] : [baseline.record.id]), candidate.record.id];
  const csv = html`${runs.map((run) => html` <code>flipgate report ${run} --format csv --out ${run}.csv</code>`)}`;
  if (!withTexts)
    return html`<p class="notes">
      Questions, answers and retrieved texts were left out of this report to keep them private.
    </p>`;
  if (full === questions.length)
    return html`<p>All ${questions.length} questions with everything that was retrieved and answered.</p>`;
  const shortened = questions.length - left - full;
  return html`<p class="notes">
    The ${full} worst of ${questions.length} questions are here in full.
    ${shortened > 0 && html`Of the next ${shortened}, answers are shortened and retrieved texts left out. `}${left > 0 && html`Of the other ${left}, only the numbers are here, and their calls were left to the CSV of each run:`}${left > 0 && csv}
  </p>`;
}

function tagsOf(questions: readonly ReportQuestion[]): readonly string[] {
  return [...new Set(questions.flatMap(({ tags }) => tags))].sort().slice(0, 200);
}

function plainList(model: ReportModel): Markup {
  const arms = picturedArms(model);
  const shown = model.questions.slice(0, maxPlain);
  return html`${shown.length < model.questions.length && html`<p>The ${shown.length} worst; with JavaScript the page shows all.</p>`}${shown.map((question) => plainQuestion(question, arms))}`;
}

function plainQuestion(question: ReportQuestion, arms: readonly PicturedArm[]): Markup {
  const { id, asked, detail } = question;
  return html`<details class="question">
    <summary>
      <strong>${foreign(sanitizeForTerminal(id, 60))}</strong> ${asked !== undefined && foreign(asked)}
    </summary>
    <ul>
      ${arms.map(({ name, kind }) => html`<li>${name}: ${measuresSentence((kind === 'baseline' ? question.baseline : question.candidate) ?? {})}</li>`)}
    </ul>
    ${detail && arms.map(({ name, kind }) => plainAnswers(name, (kind === 'baseline' ? detail.baseline : detail.candidate) ?? []))}
  </details> `;
}

function measuresSentence({ coverage, distance, convergent, flip, latency, faulted }: Measures): string {
  return `coverage ${ratio(coverage)}, ΔS ${ratio(distance)}, convergent ${percent(convergent)}, flip rate ${ratio(flip)}, latency ${seconds(latency)}, faults ${percent(faulted)}`;
}

/** Each different answer once: without a script nobody can choose a call. */
function plainAnswers(name: string, calls: readonly (ReportCall | undefined)[]): Markup {
  const answers = new Set(
    calls.flatMap((call) => call?.answer?.slice(0, plainAnswer) ?? call?.message ?? []),
  );
  return html`${[...answers].map((answer) => html`<blockquote>${name}: ${foreign(answer)}</blockquote>`)}`;
}
