import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { chmod, mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { inCi } from '../in-ci.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const unpacked = path.join(root, '.cache/servers');

interface Source {
  /** A package of Debian, whose program is on the PATH; or a file of the folder of built servers. */
  readonly from: 'debian' | 'folder';
  readonly file: string;
}

const sources = {
  prometheus: { from: 'debian', file: 'prometheus' },
  promtool: { from: 'debian', file: 'promtool' },
  alertmanager: { from: 'debian', file: 'prometheus-alertmanager' },
  amtool: { from: 'debian', file: 'amtool' },
  pushgateway: { from: 'debian', file: 'prometheus-pushgateway' },
  nginx: { from: 'debian', file: 'nginx' },
  etcd: { from: 'debian', file: 'etcd' },
  kubectl: { from: 'debian', file: 'kubectl' },
  jq: { from: 'debian', file: 'jq' },
  curl: { from: 'debian', file: 'curl' },
  chromium: { from: 'debian', file: 'chromium' },
  'prometheus-3': { from: 'folder', file: 'prometheus' },
  'promtool-3': { from: 'folder', file: 'promtool' },
  'kube-apiserver': { from: 'folder', file: 'kube-apiserver' },
  'argo-rollouts': { from: 'folder', file: 'argo-rollouts' },
  'argo-rollouts-crds': { from: 'folder', file: 'argo-rollouts-crds.yaml' },
  flagger: { from: 'folder', file: 'flagger' },
  'flagger-crd': { from: 'folder', file: 'flagger-crd.yaml' },
} as const satisfies Record<string, Source>;

/** A server, a tool or a file of definitions that tests need and that is not part of this package. */
export type ServerName = keyof typeof sources;

declare module 'vitest' {
  interface TaskMeta {
    /** Why the test was skipped: what is not on this machine and cannot be had from a package. */
    missing?: string;
  }
}

/** What a test is handed by vitest, as far as it is needed here. */
export interface TestContext {
  readonly task: { readonly meta: { missing?: string } };
  readonly skip: (note?: string) => never;
}

/** Where the built servers are: `shared/bin` beside the checkout, or what FLIPGATE_TEST_BIN says. */
export function builtServers(): string {
  return process.env['FLIPGATE_TEST_BIN'] ?? path.resolve(root, '../shared/bin');
}

/**
 * The path of a program or file, ready to use. Where it is missing the test is skipped with a message; in CI a program that
 * `scripts/install-test-servers.sh` installs is an error instead, so that no test is lost unseen.
 */
export async function requireServer(name: ServerName, context: TestContext): Promise<string> {
  const { from, file }: Source = sources[name];
  if (from === 'folder') {
    const packed = path.join(builtServers(), `${file}.xz`);
    if (existsSync(packed)) return unpack(packed);
    context.task.meta.missing = `${name}: ${packed}`;
    return context.skip(`${name} is not here: ${packed} (FLIPGATE_TEST_BIN names another folder)`);
  }
  const program = onPath(file);
  if (program !== undefined) return program;
  const message = `${file} is not installed: scripts/install-test-servers.sh installs it`;
  if (inCi()) throw new Error(message);
  return context.skip(message);
}

/** Several at once, in the order of their names. */
export async function requireServers<Names extends readonly ServerName[]>(
  context: TestContext,
  ...names: Names
): Promise<{ readonly [Name in Names[number]]: string }> {
  const found: Partial<Record<ServerName, string>> = {};
  for (const name of names) found[name] = await requireServer(name, context);
  return found as { readonly [Name in Names[number]]: string };
}

function onPath(program: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
  // Debian puts nginx where not everybody's PATH looks.
  return [...folders, '/usr/sbin'].map((folder) => path.join(folder, program)).find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const unpacking = new Map<string, Promise<string>>();

/** Unpacks once a process; another one that does the same at the same time is no harm, as the result is put in place whole. */
function unpack(packed: string): Promise<string> {
  const found = unpacking.get(packed) ?? unpackInto(packed);
  unpacking.set(packed, found);
  return found;
}

async function unpackInto(packed: string): Promise<string> {
  const { size, mtimeMs } = await stat(packed);
  const target = path.join(unpacked, `${Math.floor(mtimeMs)}-${size}`, path.basename(packed, '.xz'));
  if (existsSync(target)) return target;
  await mkdir(path.dirname(target), { recursive: true });
  const temporary = `${target}.${process.pid}`;
  try {
    await promisify(execFile)('sh', [
      '-c',
      'xz --decompress --stdout -- "$1" > "$2"',
      'sh',
      packed,
      temporary,
    ]);
    await chmod(temporary, 0o755);
    await rename(temporary, target);
  } finally {
    await rm(temporary, { force: true });
  }
  return target;
}
