import { sanitizeForTerminal } from '../../../base/printable.ts';
import { stateCodes } from '../../../statistics/evidence/evidence.ts';
import { questionAddress } from '../addresses.ts';
import { foreign, html, type Markup } from '../markup.ts';
import type { ReportModel, ReportQuestion } from '../model.ts';
import { definitionLink } from '../definitions.ts';
import { picturedArms, type PicturedArm } from './figure.ts';

const maxRows = 60;

/** Symbol and word of a state: the colour tells nothing that these do not. */
const marks: Readonly<Record<number, readonly [symbol: string, name: string]>> = {
  [stateCodes.convergent]: ['→', 'convergent'],
  [stateCodes.split]: ['<>', 'split'],
  [stateCodes.collapsed]: ['×', 'collapsed'],
  [stateCodes.backward]: ['←', 'backward'],
};
const noState = ['·', 'none'] as const;

/** How stable each question is: a row a question, a column a phrasing and seed. `undefined` where no call has a state. */
export function lambdaMatrix(model: ReportModel): Markup | undefined {
  const arms = picturedArms(model);
  if (arms.every(({ arm }) => arm.calls.states.every((state) => state === -1))) return undefined;
  const steady = model.questions.filter((question) => isSteady(question, arms, model));
  const isOfSteady = new Set(steady);
  const others = model.questions.filter((question) => !isOfSteady.has(question));
  const { length } = model.questions;
  return html`<figure id="lambda-matrix" class="wide">
    <figcaption>
      <h3>λ: is the answer the same however it is asked?</h3>
      <p>
        ${others.length} of ${length} questions have a call that is not convergent, worst first;
        ${steady.length} are convergent in every call. A row where symbols differ is a question whose answers
        flip. ${definitionLink('lambda')}
      </p>
      <p class="legend">
        ${[...Object.values(marks), noState].map(([symbol, name]) => html`<span class="state ${name}">${symbol}</span> ${name} `)}
      </p>
    </figcaption>
    ${others.length > 0 && table(others, 'Questions that are not convergent in every call', { arms, model })}
    ${
      steady.length > 0 &&
      html`<details>
        <summary>The ${steady.length} questions that are convergent in every call</summary>
        ${table(steady, 'Questions that are convergent in every call', { arms, model })}
      </details>`
    }
  </figure>`;
}

function isSteady(
  { place }: ReportQuestion,
  arms: readonly PicturedArm[],
  { shape: { perQuestion } }: ReportModel,
): boolean {
  return arms.every(({ arm }) =>
    arm.calls.states
      .subarray(place * perQuestion, (place + 1) * perQuestion)
      .every((state) => state === stateCodes.convergent),
  );
}

interface Columns {
  readonly arms: readonly PicturedArm[];
  readonly model: ReportModel;
}

function table(questions: readonly ReportQuestion[], name: string, { arms, model }: Columns): Markup {
  const left = questions.length - maxRows;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${name}">
      <table class="matrix">
        <thead>
          <tr>
            <th scope="col" rowspan="2">question</th>
            ${arms.map((arm) => html`<th class="first" scope="colgroup" colspan="${model.shape.perQuestion}">${arm.name}</th>`)}
          </tr>
          <tr>
            ${arms.map(() => headings(model))}
          </tr>
        </thead>
        <tbody>
          ${questions.slice(0, maxRows).map((question) => row(question, arms, model))}
        </tbody>
      </table>
    </div>
    ${left > 0 && html`<p>The other ${left} are in the list of questions.</p>`}`;
}

function headings({ shape: { phrasings, seeds } }: ReportModel): Markup {
  const cells = Array.from({ length: phrasings }, (_, phrasing) =>
    seeds.map((seed) => ({ phrasing, seed })),
  ).flat();
  return html`${cells.map(({ phrasing, seed }) => html`<th scope="col"><abbr title="phrasing ${phrasing}, seed ${seed}">${phrasing}.${seed}</abbr></th>`)}`;
}

function row({ id, place }: ReportQuestion, arms: readonly PicturedArm[], { shape }: ReportModel): Markup {
  const cells = (pictured: PicturedArm): Markup =>
    html`${Array.from({ length: shape.perQuestion }, (_, offset) => {
      const [symbol, name] =
        marks[pictured.arm.calls.states[place * shape.perQuestion + offset] ?? -1] ?? noState;
      return html`<td class="state ${name}${offset === 0 ? ' first' : ''}">${symbol}</td>`;
    })}`;
  return html`<tr>
    <th scope="row"><a href="${questionAddress(id)}">${foreign(sanitizeForTerminal(id, 24))}</a></th>
    ${arms.map(cells)}
  </tr> `;
}
