// Preloaded into a flipgate: counts what it changes on the disk below TEST_STORE, and at the change number TEST_AT does what TEST_HOW says: `kill` this
// process before it, or fail it with `ENOSPC` or `EIO`. The changes are written to TEST_LOG, a line each.
import { appendFileSync } from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';

const fs = createRequire(import.meta.url)('node:fs');
const { TEST_STORE: store = '', TEST_AT: at = '0', TEST_HOW: how = '', TEST_LOG: log = '' } = process.env;
let changes = 0;

function change(what, file) {
  if (!String(file).startsWith(store) || String(file).endsWith('changes.log')) return;
  changes += 1;
  appendFileSync(log, `${what} ${String(file).slice(store.length + 1)}\n`);
  if (changes !== Number(at)) return;
  if (how === 'kill') process.kill(process.pid, 'SIGKILL');
  throw Object.assign(new Error(`${how}: injected`), {
    code: how,
    errno: how === 'EIO' ? -5 : -28,
    syscall: what,
  });
}

const names = new WeakMap();
const { open, rename, rm, mkdir } = fs.promises;

function wrapHandle(handle, file) {
  for (const what of ['write', 'writeFile', 'appendFile', 'sync']) {
    const original = handle[what].bind(handle);
    handle[what] = async (...words) => {
      change(what, names.get(handle));
      return original(...words);
    };
  }
  names.set(handle, file);
  return handle;
}

const isWriting = (flags) =>
  typeof flags === 'number'
    ? (flags & (fs.constants.O_WRONLY | fs.constants.O_RDWR)) !== 0
    : /[wa+]/u.test(flags ?? 'r');

Object.assign(fs.promises, {
  async open(file, flags, ...more) {
    if (!isWriting(flags)) return open(file, flags, ...more);
    change('open', file);
    return wrapHandle(await open(file, flags, ...more), file);
  },
  async rename(from, to) {
    change('rename', to);
    return rename(from, to);
  },
  async rm(file, ...more) {
    change('rm', file);
    return rm(file, ...more);
  },
  async mkdir(folder, ...more) {
    change('mkdir', folder);
    return mkdir(folder, ...more);
  },
});
syncBuiltinESMExports();
