import { writeIndex } from '../../src/cli/index-build/write-index.ts';
import { syntheticIndex } from './synthetic-index.ts';

/** A process that writes an index again and again, each another one, until it is killed; it says when the first is written. */
const [out = '', from = '0'] = process.argv.slice(2);
for (let version = Number(from); ; version += 1) {
  await writeIndex(out, syntheticIndex(version));
  process.stdout.write(`${version}\n`);
}
