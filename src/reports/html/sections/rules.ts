import { sanitizeForTerminal } from '../../../base/printable.ts';
import { verdictNames, type RuleVerdict, type Verdict } from '../../../gates/verdict.ts';
import { ruleNumbers } from '../../rule-numbers.ts';
import { definitionLink, definitions } from '../definitions.ts';
import { ruleScale } from '../charts/rule-scale.ts';
import { foreign, html, type Markup } from '../markup.ts';
import { missing } from '../numbers.ts';
import { verdictSymbols } from '../verdict-symbols.ts';
import { guideTo } from './rule-guide.ts';

const standing: readonly RuleVerdict['verdict'][] = [...verdictNames.toReversed(), 'waived'];

/** Where a rule stands among the others: what keeps the gate shut comes first, then what only warns. */
function placeOf({ verdict, severity }: RuleVerdict): number {
  const isWarning = severity === 'warn' && verdict !== 'pass';
  return isWarning ? standing.indexOf('pass') - 0.5 : standing.indexOf(verdict);
}

/**
 * A row a rule, those that are not met first, with where its value and interval lie from its limit, all on one scale.
 * `isShown`: whether the page has a chart, since the rows lead only to such.
 */
export function rulesSection({ rules, gate }: Verdict, isShown: (id: string) => boolean): Markup {
  const ordered = rules.toSorted((a, b) => placeOf(a) - placeOf(b));
  const headings = [
    'rule',
    'verdict',
    'within ◂ limit ▸ beyond',
    'value',
    'limit',
    '95 % interval',
    'baseline',
    'n',
    'resolution',
  ];
  return html`<section aria-labelledby="rules-${sanitizeForTerminal(gate, 40)}">
    <h2 id="rules-${sanitizeForTerminal(gate, 40)}">Rules of gate ${sanitizeForTerminal(gate, 40)}</h2>
    <p>
      Each line is drawn around its limit: left of it is good, right of it is not. The line is the 95 %
      interval, the dot the value, the tick the baseline.
      ${definitionLink('interval')}${definitionLink('resolution')}
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
              ${ordered.map((rule) => row(rule, isShown))}
            </tbody>
          </table>`
    }
  </section>`;
}

function row(rule: RuleVerdict, isShown: (id: string) => boolean): Markup {
  const { value, limit, interval, baseline, n, resolution } = ruleNumbers(rule);
  const cells = { value, limit, '95 % interval': interval, baseline, n, resolution };
  const verdict = rule.severity === 'warn' ? `${rule.verdict} (only a warning)` : rule.verdict;
  return html`<tr role="row" class="${rule.value === undefined ? 'uncounted' : 'counted'}">
    <th scope="row" role="rowheader">
      ${named(rule)}
      <span class="sentence">${foreign(sanitizeForTerminal(rule.reason, 400))}</span>
      ${whereToLook(rule, isShown)}
    </th>
    <td role="cell" class="word">
      <span class="chip ${rule.verdict}"
        ><span aria-hidden="true">${verdictSymbols[rule.verdict]}</span>&nbsp;${verdict}</span
      >
    </td>
    <td role="cell" class="scale">${ruleScale(rule) ?? html`<span class="muted">${missing}</span>`}</td>
    ${Object.entries(cells).map(([name, text]) => html`<td role="cell" data-name="${name}">${text === '' ? missing : text}</td>`)}
  </tr> `;
}

function named(rule: RuleVerdict): Markup {
  const { definition } = guideTo(rule);
  const name = html`<span class="rule">${sanitizeForTerminal(rule.rule, 60)}</span>`;
  return definition === undefined
    ? name
    : html`<a href="#definition-${definition}" title="${definitions[definition].question}">${name}</a>`;
}

/** For a rule that is not met: the charts and questions that show its cause. */
function whereToLook(rule: RuleVerdict, isShown: (id: string) => boolean): Markup | undefined {
  const { look } = guideTo(rule);
  const there = look.filter(({ to }) => to.startsWith('?') || isShown(to));
  if (rule.verdict === 'pass' || rule.verdict === 'waived' || there.length === 0) return undefined;
  const links = there.map(({ to, text }) => html`<li><a href="#${to}">${text}</a></li>`);
  return html`<span class="look">look at</span>
    <ul class="look">
      ${links}
    </ul>`;
}
