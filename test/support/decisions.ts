import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { serverFolder, eventually } from './servers/process.ts';
import { startPrometheus, type Prometheus } from './servers/prometheus.ts';

/** What a Prometheus may say about a gate: the expressions that are recorded as its decision. */
export const decisions = {
  pass: ['vector(1)'],
  inconclusive: ['vector(0)'],
  fail: ['vector(-1)'],
  NaN: ['vector(NaN)'],
  half: ['vector(0.5)'],
  'no series': [],
  'two series': [
    'label_replace(vector(1), "replica", "a", "", "")',
    'label_replace(vector(-1), "replica", "b", "", "")',
  ],
  'two passes': [
    'label_replace(vector(1), "replica", "a", "", "")',
    'label_replace(vector(1), "replica", "b", "", "")',
  ],
} as const satisfies Record<string, readonly string[]>;

export type Decision = keyof typeof decisions;

/** A real Prometheus in which the decision of both gates is recorded. */
export async function startDecision(binary: string, decision: Decision): Promise<Prometheus> {
  const folder = await serverFolder('rules');
  const file = path.join(folder, 'rules.yml');
  const rules = ['acceptance', 'watch'].flatMap((gate) =>
    decisions[decision].map((expr) => ({ record: `flipgate:gate_decision:${gate}`, expr })),
  );
  await writeFile(
    file,
    JSON.stringify({
      groups: [
        { name: 'decisions', rules },
        { name: 'last', rules: [{ record: 'evaluated', expr: 'vector(1)' }] },
      ],
    }),
  );
  const prometheus = await startPrometheus(binary, { ruleFiles: [file], interval: '200ms' });
  const wanted = decisions[decision].length;
  await eventually(async () => {
    const [found, evaluated] = [
      await prometheus.query('flipgate:gate_decision:watch'),
      await prometheus.query('evaluated'),
    ];
    return found.length === wanted && evaluated.length === 1 ? true : undefined;
  }, 20);
  const close = async (): Promise<void> => {
    await prometheus.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { ...prometheus, close };
}

/** A real Prometheus that has a pass of both gates and recorded it 100 s ago: its own look-back still hands it out. */
export function startStuckDecision(binary: string, promtool: string): Promise<Prometheus> {
  const at = (Date.now() / 1000 - 100).toFixed(3);
  const families = ['acceptance', 'watch'].map(
    (gate) => `# TYPE flipgate:gate_decision:${gate} gauge\nflipgate:gate_decision:${gate} 1 ${at}\n`,
  );
  return startPrometheus(binary, { history: { promtool, samples: `${families.join('')}# EOF\n` } });
}
