// Writes schema.json, the JSON Schema of flipgate.yaml, from the built configuration: run by `npm run build`.
import { writeFileSync } from 'node:fs';
import { configJsonSchema } from '../dist/config/schema.js';

writeFileSync(new URL('../schema.json', import.meta.url), `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
