import { lockFile, type Release } from '../../src/store/lock.ts';

/** A process that takes the locks which its parent names, keeps each until the parent says so, and tells what became of it. */
let release: Release | undefined;

process.on('message', (message: { readonly take?: string }) => {
  void (message.take === undefined ? letGo() : take(message.take));
});
process.send?.('ready');

async function take(file: string): Promise<void> {
  try {
    release = await lockFile(file, 'the test');
    process.send?.('held');
  } catch {
    process.send?.('refused');
  }
}

async function letGo(): Promise<void> {
  await release?.();
  release = undefined;
  process.send?.('free');
}
