import { printable } from '../../../base/printable.ts';
import type { RuleVerdict, Verdict } from '../../../gates/verdict.ts';
import { ruleNumbers } from '../../rule-numbers.ts';
import { definitionLink } from '../charts/figure.ts';
import { foreign, html, type Markup } from '../markup.ts';
import { at, missing } from '../numbers.ts';

const symbols: Readonly<Record<string, string>> = { pass: '✓', fail: '✗', inconclusive: '?', error: '!', waived: '–' };
const [width, height] = [200, 34];
const [left, right, middle] = [8, width - 8, 17];

/** A row a rule, with where its value and interval lie from its limit, all on one scale. */
export function rulesSection({ rules, gate }: Verdict): Markup {
  const headings = [
    'rule',
    'verdict',
    'within the limit ◂ │ ▸ beyond it',
    'value',
    'limit',
    '95 % interval',
    'baseline',
    'n',
    'resolution',
  ];
  return html`<section aria-labelledby="rules-${printable(gate, 40)}">
    <h2 id="rules-${printable(gate, 40)}">Rules of gate ${printable(gate, 40)}</h2>
    <p>
      Each line is drawn around its limit: left of it is good, right of it is not. The line is the 95 % interval, the dot the value, the
      tick the baseline. ${definitionLink('interval')}${definitionLink('resolution')}
    </p>
    ${
      rules.length === 0
        ? html`<p>No rule was judged.</p>`
        : html`<table class="rules" role="table">
            <thead role="rowgroup">
              <tr role="row">
                ${headings.map((heading) => html`<th scope="col" role="columnheader">${heading}</th>`)}
              </tr>
            </thead>
            <tbody role="rowgroup">
              ${rules.map(row)}
            </tbody>
          </table>`
    }
  </section>`;
}

function row(rule: RuleVerdict): Markup {
  const { value, limit, interval, baseline, n, resolution } = ruleNumbers(rule);
  const cells = { value, limit, '95 % interval': interval, baseline, n, resolution };
  const verdict = rule.severity === 'warn' ? `${rule.verdict} (only a warning)` : rule.verdict;
  return html`<tr role="row" class="${rule.value === undefined ? 'uncounted' : 'counted'}">
    <th scope="row" role="rowheader">
      <span class="rule">${printable(rule.rule, 60)}</span> <span class="sentence">${foreign(printable(rule.reason, 400))}</span>
    </th>
    <td role="cell" class="word">
      <span class="chip ${rule.verdict}"><span aria-hidden="true">${symbols[rule.verdict] ?? '!'}</span> ${verdict}</span>
    </td>
    <td role="cell" class="scale">${scale(rule) ?? html`<span class="muted">${missing}</span>`}</td>
    ${Object.entries(cells).map(([name, text]) => html`<td role="cell" data-name="${name}">${text === '' ? missing : text}</td>`)}
  </tr> `;
}

/** How far something is counts in sizes of the limit; what is further away is drawn closer together, so that everything has its place. */
const nearHalf = 0.7;

/** The limit in the middle, what is beyond it to the right. `undefined` for a rule without a number. */
function scale(rule: RuleVerdict): Markup | undefined {
  const { value, limit, interval } = rule;
  if (value === undefined || limit === undefined) return undefined;
  const span = spanOf(rule, limit);
  const place = (number: number): number => {
    const beyond = ((rule.direction === 'at_least' ? -1 : 1) * (number - limit)) / span;
    return at(left + ((beyond / (nearHalf + Math.abs(beyond)) + 1) / 2) * (right - left));
  };
  const baseline = rule.comparing === undefined || rule.comparing === 'candidate' ? rule.baseline_value : undefined;
  const ends = interval?.map(place);
  const center = (left + right) / 2;
  return html`<svg viewBox="0 0 ${width} ${height}" class="rule-scale ${rule.verdict}" preserveAspectRatio="xMinYMid" aria-hidden="true">
    <rect class="within" x="0" y="5" width="${center}" height="24" />
    <rect class="beyond" x="${center}" y="5" width="${center}" height="24" />
    <line class="limit" x1="${center}" x2="${center}" y1="1" y2="33" />
    ${
      ends && html`<line class="interval" x1="${ends[0]}" x2="${ends[1]}" y1="${middle}" y2="${middle}" />`
    }${baseline !== undefined && html`<line class="before" x1="${place(baseline)}" x2="${place(baseline)}" y1="9" y2="25" />`}
    <circle class="value" cx="${place(value)}" cy="${middle}" r="5.5" />
  </svg>`;
}

/** What counts as far: the limit's own size; a limit near the end of what can be has the way to that end. */
function spanOf({ direction, unit, comparing, value = 0, interval }: RuleVerdict, limit: number): number {
  if (direction === 'at_least' && unit === 'ratio' && limit < 1) return Math.max(1 - limit, 1e-9);
  if (comparing === 'ratio') return Math.max(Math.abs(limit - 1) * 2, 0.01);
  return Math.abs(limit) || Math.max(1, value, interval?.[1] ?? 0);
}
