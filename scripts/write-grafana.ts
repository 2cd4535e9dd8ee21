// Writes grafana/ and docs/series.md from the series catalogue, the gates' rules and scripts/grafana: run by `npm run grafana`.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generatedFiles } from './grafana/files.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

rmSync(join(root, 'grafana'), { recursive: true, force: true });
for (const [name, text] of Object.entries(generatedFiles())) {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), text);
}
