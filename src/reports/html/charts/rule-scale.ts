import type { RuleVerdict } from '../../../gates/verdict.ts';
import { html, type Markup } from '../markup.ts';
import { at } from '../numbers.ts';

const [width, height] = [200, 34];
const [left, right, middle] = [8, width - 8, 17];

/** How far something is counts in sizes of the limit; what is further away is drawn closer together, so that everything has its place. */
const nearHalf = 0.7;

/** A rule's value, interval and baseline from its limit in the middle, beyond it to the right. `undefined` for a rule without a number. */
export function ruleScale(rule: RuleVerdict): Markup | undefined {
  const { value, limit, interval } = rule;
  if (value === undefined || limit === undefined) return undefined;
  const span = spanOf(rule, limit);
  const place = (number: number): number => {
    const beyond = ((rule.direction === 'at_least' ? -1 : 1) * (number - limit)) / span;
    return at(left + ((beyond / (nearHalf + Math.abs(beyond)) + 1) / 2) * (right - left));
  };
  const baseline =
    rule.comparing === undefined || rule.comparing === 'candidate' ? rule.baseline_value : undefined;
  const ends = interval?.map(place);
  const center = (left + right) / 2;
  return html`<svg
    viewBox="0 0 ${width} ${height}"
    class="rule-scale ${rule.verdict}"
    preserveAspectRatio="xMinYMid"
    aria-hidden="true"
  >
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
