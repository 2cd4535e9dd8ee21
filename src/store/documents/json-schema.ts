import * as z from 'zod';
import type { DocumentKind } from './document.ts';
import { keyMeanings } from './key-meanings.ts';

/** The JSON Schema (2020-12) of a kind of document: what its readers check, with a line on each key. */
export function jsonSchemaOf({ name, file, about, schema }: DocumentKind): object {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  const description = `${about} In a store: ${file}. Keys that are not listed may be there.`;
  return { $schema, title: `flipgate ${name}`, description, ...(withMeanings(rest) as object) };
}

/** Gives every key its usual meaning where it has none: a new value throughout, because keys that share a schema share its description. */
function withMeanings(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withMeanings);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([name, value]) => [
      name,
      name === 'properties' ? described(value as object) : withMeanings(value),
    ]),
  );
}

/** `properties` of a JSON Schema: a schema for each key. */
function described(properties: object): object {
  return Object.fromEntries(
    Object.entries(properties).map(([key, schema]: readonly [string, object]) => {
      const meaning = keyMeanings[key];
      return [
        key,
        { ...(meaning !== undefined && { description: meaning }), ...(withMeanings(schema) as object) },
      ];
    }),
  );
}
