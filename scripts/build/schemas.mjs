import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Writes schema.json, the JSON Schema of flipgate.yaml, openapi.json, the calls of `flipgate serve`, and schemas, a JSON Schema of each document of a store,
 * as the built code has them.
 */
export async function writeSchemas(root, built) {
  const sources = pathToFileURL(path.join(built, 'schema-sources.js')).href;
  const { configJsonSchema, openApi, documentKinds, jsonSchemaOf } = await import(sources);
  writeChanged(path.join(root, 'schema.json'), configJsonSchema());
  writeChanged(path.join(root, 'openapi.json'), openApi());
  const folder = path.join(root, 'schemas');
  mkdirSync(folder, { recursive: true });
  for (const kind of documentKinds) writeChanged(path.join(folder, `${kind.name}.json`), jsonSchemaOf(kind));
  const names = new Set(documentKinds.map(({ name }) => `${name}.json`));
  for (const name of readdirSync(folder))
    if (name.endsWith('.json') && !names.has(name)) rmSync(path.join(folder, name), { force: true });
}

function writeChanged(file, content) {
  const text = `${JSON.stringify(content, null, 2)}\n`;
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, text);
  renameSync(unfinished, file);
}
