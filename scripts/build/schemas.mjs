import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** Writes schema.json, the JSON Schema of flipgate.yaml, and openapi.json, the calls of `flipgate serve`, as the built code has them. */
export async function writeSchemas(root, built) {
  const load = (name) => import(pathToFileURL(path.join(built, name)).href);
  const [{ configJsonSchema }, { openApi }] = await Promise.all([
    load('config/schema.js'),
    load('exporter/http/open-api.js'),
  ]);
  writeChanged(path.join(root, 'schema.json'), configJsonSchema());
  writeChanged(path.join(root, 'openapi.json'), openApi());
}

function writeChanged(file, content) {
  const text = `${JSON.stringify(content, null, 2)}\n`;
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, text);
  renameSync(unfinished, file);
}
