import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ownIdentity, type Holder } from '../../src/store/lock-holder.ts';

/** A process id that was somebody's. */
export async function pidOfTheDead(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'close');
  return child.pid!;
}

/** Leaves a lock as a killed process does: this one's, but for what is different. */
export async function plantLock(file: string, different: Partial<Holder>): Promise<void> {
  await mkdir(file);
  await writeFile(path.join(file, 'planted'), JSON.stringify({ ...ownIdentity(), ...different }));
}
