// Writes grafana/ and docs/series.md from the series catalogue, the gates' rules and scripts/grafana: run by `npm run grafana`.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { committedFiles } from './grafana/committed-files.ts';
import { writeFiles } from './grafana/write-files.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

rmSync(join(root, 'grafana'), { recursive: true, force: true });
writeFiles(root, committedFiles());
