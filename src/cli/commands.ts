import type { CommandFactory } from './command.ts';

/** A command as the list of commands shows it; its flags are loaded when it is named, so that `--help` stays quick. */
export interface ListedCommand {
  readonly name: string;
  readonly description: string;
  load(): Promise<CommandFactory>;
}

/** Every command, in the order of the help. */
export const commands: readonly ListedCommand[] = [
  {
    name: 'demo',
    description: 'run the shipped gold set on two reference RAG arms; no network, no key',
    load: async () => (await import('./demo/command.ts')).demoCommand,
  },
  {
    name: 'init',
    description: 'write a commented flipgate.yaml and a small gold set here; never overwrites',
    load: async () => (await import('./init/command.ts')).initCommand,
  },
  {
    name: 'check',
    description:
      'one call per arm: mapping, versions, secrets, clock and gold set; what is missing and how to add it',
    load: async () => (await import('./check/command.ts')).checkCommand,
  },
  {
    name: 'run',
    description: 'ask the gold set of the arms, interleaved, and leave a run record each',
    load: async () => (await import('./run/command.ts')).runCommand,
  },
  {
    name: 'compare',
    description: 'the paired differences of two runs, with intervals, and the questions that got worse',
    load: async () => (await import('./compare/command.ts')).compareCommand,
  },
  {
    name: 'gate',
    description: 'judge a gate from stored runs; the exit code is the verdict',
    load: async () => (await import('./gate/command.ts')).gateCommand,
  },
  {
    name: 'report',
    description: 'write what was measured and judged as an HTML page, or as Markdown, JUnit XML, CSV or JSON',
    load: async () => (await import('./report/command.ts')).reportCommand,
  },
  {
    name: 'serve',
    description: 'the series, gates and runs over HTTP, for Prometheus, switches and people',
    load: async () => (await import('./serve/command.ts')).serveCommand,
  },
  {
    name: 'push',
    description: 'send the series once: to a Pushgateway, a textfile or an OTLP receiver',
    load: async () => (await import('./push/command.ts')).pushCommand,
  },
  {
    name: 'drill',
    description: 'record a rollback drill',
    load: async () => (await import('./drill/command.ts')).drillCommand,
  },
  {
    name: 'runs',
    description: 'list the runs in the store, newest first; prune them, or score one again',
    load: async () => (await import('./runs/command.ts')).runsCommand,
  },
  {
    name: 'keys',
    description: 'make a key that runs and verdicts are signed with',
    load: async () => (await import('./keys/command.ts')).keysCommand,
  },
  {
    name: 'verify',
    description: 'check every hash and signature of a store',
    load: async () => (await import('./verify/command.ts')).verifyCommand,
  },
  {
    name: 'gold',
    description: 'lint, hash, import and export gold sets',
    load: async () => (await import('./gold/command.ts')).goldCommand,
  },
  {
    name: 'index',
    description: 'build an index for the index arm',
    load: async () => (await import('./index-build/command.ts')).indexCommand,
  },
];
