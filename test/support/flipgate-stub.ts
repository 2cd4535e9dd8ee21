import { execFile } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Environment, Finished } from './cli.ts';

/** A flipgate that notes how it was called and answers as its environment says. */
export const stub = `#!/bin/sh
case $1 in --yes) shift 2 ;; esac
printf '%s\\n' "$*" >> calls.txt
case $1 in
  run) printf '{"runs":[{"id":"%s"}]}' "\${ASKED:-green-1}"; exit "\${RUN_CODE:-0}" ;;
  gate) printf '%s' "$ANSWER"; exit "\${GATE_CODE:-0}" ;;
esac
while [ $# -gt 1 ]; do
  case $1 in --format) format=$2 ;; --out) out=$2 ;; esac
  shift
done
[ "\${SILENT:-}" = "$format" ] || printf 'report as %s\\n' "$format" > "$out"
exit "\${REPORT_CODE:-0}"
`;

/** The verdict of each exit code that a gate has. */
export const answers = { 0: 'pass', 1: 'fail', 3: 'inconclusive', 4: 'error' } as const;

/** Runs shell text or a file in a folder that has the stub, also as `npx`. */
export async function runShell(folder: string, args: readonly string[], env: Environment): Promise<Finished> {
  const programs = path.join(folder, 'programs');
  await mkdir(programs);
  for (const name of ['npx', 'flipgate']) {
    await writeFile(path.join(programs, name), stub);
    await chmod(path.join(programs, name), 0o755);
  }
  const environment = { PATH: `${programs}:${process.env['PATH'] ?? ''}`, HOME: folder, ...env };
  return new Promise((resolve) => {
    execFile('sh', [...args], { cwd: folder, env: environment }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      resolve({ code: typeof code === 'number' ? code : null, stdout, stderr });
    });
  });
}
