// Writes what `grafana/` holds from the series catalogue and the default gates: `npm run grafana`, after a change of either.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { generatedFiles } from './grafana/files.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
for (const [name, text] of Object.entries(generatedFiles())) {
  const file = path.join(root, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}
