import { gatePanels } from './gates.ts';
import type { Board, Panel } from './panel.ts';

const raw: Panel = {
  title: 'The same from the raw series',
  description: 'flipgate:gate_raw: 1 where every raw series is there, fresh and within its limit. Prometheus can only veto with it.',
  kind: 'stat',
  queries: [{ expr: 'flipgate:gate_raw:acceptance' }],
  values: { '1': ['within the limits', 'green'], '0': ['not proved', 'orange'] },
  noValue: 'the rules are not loaded',
  width: 24,
};

export const acceptanceBoard: Board = {
  uid: 'flipgate-acceptance',
  title: 'flipgate: acceptance',
  description: 'May traffic move from Blue to Green, and if not, why not?',
  panels: [...gatePanels('acceptance'), raw],
};
