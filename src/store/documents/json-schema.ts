import * as z from 'zod';
import type { DocumentKind } from './document.ts';
import { keyMeanings } from './key-meanings.ts';

/** The JSON Schema (2020-12) of a kind of document: what its readers check, with a line on each key. */
export function jsonSchemaOf({ name, file, about, schema }: DocumentKind): object {
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    io: 'input',
    override: ({ jsonSchema, path }) => {
      const key = path.at(-1);
      if (path.at(-2) !== 'properties' || typeof key !== 'string') return;
      const meaning = jsonSchema.description ?? keyMeanings[key];
      if (meaning !== undefined) jsonSchema.description = meaning;
    },
  });
  const description = `${about} In a store: ${file}. Keys that are not listed may be there.`;
  return { $schema, title: `flipgate ${name}`, description, ...rest };
}
