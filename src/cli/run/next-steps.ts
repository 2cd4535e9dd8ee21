import path from 'node:path';
import type { Judged } from '../../app/judge.ts';
import type { World } from '../../base/world.ts';
import type { Verdict } from '../../gates/verdict.ts';
import type { RunRecord } from '../../scoring/record.ts';
import { isAnswered } from '../../scoring/summary/call-tally.ts';
import type { Reported, RunEnd } from './run-end.ts';

/** Where the records are, and the one thing to do next. */
export function nextSteps(
  records: readonly RunRecord[],
  { config, world }: RunEnd,
  judged: (Judged & Reported) | undefined,
): string {
  const shown = (place: string): string => `  ${path.relative(world.workingDirectory, place) || '.'}`;
  const where = [
    ...records.map((record) => shown(path.join(config.store, record.id))),
    ...(judged === undefined ? [] : [shown(judged.file)]),
  ];
  const report =
    judged?.report === undefined ? [] : ['', `report (${openCommand(config, world)})`, shown(judged.report)];
  const open = records.filter((record) => record.status !== 'complete');
  const advice =
    open.length === 0
      ? judged === undefined
        ? adviceFor(records)
        : adviceAfter(judged)
      : resumeAdvice(open);
  return [...report, '', 'records', ...where, '', `next: ${advice}`].join('\n');
}

/** How to see the newest report in a browser; npm knows the name where the shell need not. */
function openCommand({ store }: RunEnd['config'], { environment, workingDirectory }: World): string {
  const program = environment['npm_lifecycle_event'] === undefined ? 'flipgate' : 'npx flipgate';
  const where =
    path.relative(workingDirectory, store) === 'reports'
      ? ''
      : ` --store ${path.relative(workingDirectory, store) || '.'}`;
  return `to open it: ${program} report --open${where}`;
}

function resumeAdvice(open: readonly RunRecord[]): string {
  const resume = `flipgate run --resume ${open[0]?.session ?? ''}`;
  const gone = open.filter(({ status }) => status === 'aborted').map(({ arm }) => arm);
  return gone.length === 0
    ? `resume with: ${resume}`
    : `when ${gone.join(' and ')} can be reached: ${resume}`;
}

const advices: Readonly<Record<Exclude<Verdict['verdict'], 'pass'>, string>> = {
  fail: 'do not flip; the report says why and where to look',
  inconclusive: 'do not flip yet; flipgate gate acceptance --plan says how much evidence each limit needs',
  error: 'nothing was decided: fix what the sentence names, and run again',
};

function adviceAfter({ verdict }: Judged): string {
  const alone = verdict.verdict === 'fail' && verdict.baseline === undefined;
  if (alone) return 'do not flip; the worst questions above show where to look';
  return verdict.verdict === 'pass' ? openUntil(verdict) : advices[verdict.verdict];
}

function openUntil({ expires_at: end }: Verdict): string {
  const until = end === undefined ? 'the verdict expires' : `${end.slice(11, 16)} UTC`;
  return `the gate is open until ${until}: flip the pointer, run again, and judge the gate watch`;
}

function adviceFor(records: readonly RunRecord[]): string {
  const silent = records.find((record) => !isAnswered(record));
  if (silent !== undefined)
    return `not one call of ${silent.arm} was answered: flipgate check --arm ${silent.arm} shows what it says`;
  const faulty = records.find((record) => (record.summary.error_rate ?? 0) > 0);
  if (faulty !== undefined)
    return `look at the faults of ${faulty.arm}: grep -v '"outcome":"ok"' in its calls.jsonl shows what, when and which trace`;
  const incomplete = records.find((record) => !record.artifact.complete);
  if (incomplete !== undefined)
    return `let ${incomplete.arm} report its five version fields; flipgate check says how`;
  const weak = records.find((record) => (record.summary.coverage?.mean ?? 1) < 0.7);
  if (weak !== undefined)
    return `${weak.arm} retrieves too little of the anchors: look at its worst questions above in scores.jsonl`;
  return records.length > 1
    ? 'flipgate gate acceptance'
    : 'keep this record: it is the evidence that comparisons and gates rest on';
}
