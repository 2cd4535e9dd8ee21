// Writes schema.json, the JSON Schema of flipgate.yaml, and openapi.json, the calls of `flipgate serve`, from the built code: run by `npm run build`.
import { writeFileSync } from 'node:fs';
import { configJsonSchema } from '../dist/config/schema.js';
import { openApi } from '../dist/exporter/http/open-api.js';

for (const [file, content] of Object.entries({
  'schema.json': configJsonSchema(),
  'openapi.json': openApi(),
}))
  writeFileSync(new URL(`../${file}`, import.meta.url), `${JSON.stringify(content, null, 2)}\n`);
