// Writes docs/records.md from the schemas of the store's documents: run by `npm run records`.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { recordsPage } from './records-page.ts';

writeFileSync(fileURLToPath(new URL('../docs/records.md', import.meta.url)), recordsPage());
