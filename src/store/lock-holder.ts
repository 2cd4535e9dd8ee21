import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import * as z from 'zod';
import { sha256 } from '../base/canonical.ts';
import { codeOf } from '../base/errors.ts';
import { jsonOrUndefined } from '../base/json.ts';

/** A process, so that it can be told from others later. */
export const holderSchema = z.object({
  pid: z.int().min(1),
  host: z.string(),
  /** When that process started, in the system's ticks; tells a reused process id apart. Absent where the system has no `/proc`. */
  started: z.string().optional(),
  /** The boot's id: start times and process ids count within one boot. */
  boot: z.string().optional(),
  /** The namespace in which the process id is valid: containers on one host have their own. */
  pid_namespace: z.string().optional(),
  /** The installation's id, where the system has one: the same machine after a reboot keeps it. */
  machine: z.string().optional(),
});

/** Who holds a lock. */
export type Holder = Readonly<z.infer<typeof holderSchema>>;

/** The pid namespace of the machine itself; its number is fixed in the Linux kernel (`PROC_PID_INIT_INO`). */
const machineNamespace = 'pid:[4026531836]';

export function parseHolder(text: string): Holder | undefined {
  return holderSchema.safeParse(jsonOrUndefined(text)).data;
}

/** This process. */
export function ownIdentity(): Holder {
  return identityOf(process.pid);
}

/** A process of this host that runs now. */
export function identityOf(pid: number): Holder {
  const known = {
    started: processStat(pid)[1],
    boot: textOf('/proc/sys/kernel/random/boot_id'),
    pid_namespace: ownNamespace(),
    machine: textOf('/etc/machine-id'),
  };
  // JSON has no undefined: what is unknown is left out.
  return { pid, host: hostname(), ...withoutUnknown(known) };
}

/** `unknown` where this process cannot see: another host, another container, another boot. */
export type Liveness = 'alive' | 'dead' | 'unknown';

/** Whether the process that holds a lock still lives. Only what is seen to be dead is `dead`. */
export function livenessOf(holder: Holder): Liveness {
  const own = ownIdentity();
  if (holder.host !== own.host) return 'unknown';
  if (holder.boot !== own.boot) return hasRebooted(holder, own) ? 'dead' : 'unknown';
  if (holder.pid_namespace !== own.pid_namespace) return 'unknown';
  return isRunning(holder) ? 'alive' : 'dead';
}

/** A name that no other process has or had: with the process id, and the place where that is valid. */
export function uniqueName(): string {
  return `${process.pid}-${placeOf(ownIdentity())}-${randomBytes(8).toString('hex')}`;
}

/** Whether a unique name is that of a process that is seen to be dead. */
export function isOfTheDead(name: string): boolean {
  const { pid, place } = /^(?<pid>\d+)-(?<place>[0-9a-f]{8})-[0-9a-f]{16}$/u.exec(name)?.groups ?? {};
  return place === placeOf(ownIdentity()) && !isRunning({ pid: Number(pid) });
}

function placeOf({ host, boot, pid_namespace }: Holder): string {
  return sha256(JSON.stringify([host, boot, pid_namespace])).slice(0, 8);
}

/** The same machine, outside any container, has been started again since: none of its processes is left. */
function hasRebooted(holder: Holder, own: Holder): boolean {
  const isMachine = [holder, own].every(({ pid_namespace }) => pid_namespace === machineNamespace);
  return (
    isMachine && holder.boot !== undefined && own.machine !== undefined && holder.machine === own.machine
  );
}

function isRunning({ pid, started }: Pick<Holder, 'pid' | 'started'>): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) !== 'EPERM') return false;
  }
  const [state, startedNow] = processStat(pid);
  // Nobody has asked yet how it ended: in a container without an init nobody ever does.
  if (state === 'Z') return false;
  return started === undefined || startedNow === started;
}

/** State and start time, fields 3 and 22 of `/proc/PID/stat`, where there is such a thing. */
function processStat(pid: number): readonly [state: string | undefined, started: string | undefined] {
  const fields = textOf(`/proc/${pid}/stat`)?.split(') ').at(-1)?.split(' ');
  return [fields?.[0], fields?.[19]];
}

function ownNamespace(): string | undefined {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return undefined;
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

function withoutUnknown<Value>(values: Readonly<Record<string, Value | undefined>>): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
