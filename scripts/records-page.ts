import { documentKinds } from '../src/store/documents/kinds.ts';
import { jsonSchemaOf } from '../src/store/documents/json-schema.ts';
import type { DocumentKind } from '../src/store/documents/document.ts';

/** What the page reads of a JSON Schema. */
interface Node {
  readonly type?: string;
  readonly description?: string;
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Node | boolean;
  readonly items?: Node | boolean;
  readonly prefixItems?: readonly Node[];
  readonly oneOf?: readonly Node[];
  readonly anyOf?: readonly Node[];
}

/** A key of a document, with the keys above it. */
export interface DocumentKey {
  readonly path: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly meaning: string;
}

/** A table of the page: a document of several forms has one for each. */
interface Form {
  /** Empty where there is only one. */
  readonly title: string;
  readonly keys: readonly DocumentKey[];
}

/** Every key of a kind of document. */
export function formsOf(kind: DocumentKind): readonly Form[] {
  const root: Node = jsonSchemaOf(kind);
  if (root.oneOf === undefined) return [{ title: '', keys: keysUnder(root, '') }];
  return root.oneOf.map((node) => ({ title: node.description ?? '', keys: keysUnder(node, '') }));
}

function keysUnder({ properties = {}, required = [] }: Node, above: string): readonly DocumentKey[] {
  return Object.entries(properties).flatMap(([name, node]) => {
    const path = `${above}${name}`;
    const own = {
      path,
      type: typeOf(node),
      isRequired: required.includes(name),
      meaning: node.description ?? '',
    };
    return [own, ...below(node, path)];
  });
}

/** A document within a document has a table of its own. */
function below(node: Node, path: string): readonly DocumentKey[] {
  if (node.properties?.['schema'] !== undefined) return [];
  if (typeof node.items === 'object') return keysUnder(node.items, `${path}[].`);
  if (typeof node.additionalProperties === 'object')
    return keysUnder(node.additionalProperties, `${path}.*.`);
  return keysUnder(node, `${path}.`);
}

function typeOf(node: Node): string {
  if (node.const !== undefined) return `\`${node.const}\``;
  if (node.enum !== undefined) return node.enum.map((value) => `\`${value}\``).join(', ');
  if (node.prefixItems !== undefined) return `[${node.prefixItems.map(typeOf).join(', ')}]`;
  if (node.type === 'array')
    return typeof node.items === 'object' ? `list of ${plural(typeOf(node.items))}` : 'list';
  const values = node.additionalProperties;
  if (typeof values === 'object') return `${plural(typeOf(values))} by name`;
  return node.anyOf?.map(typeOf).join(' or ') ?? node.type ?? 'any';
}

function plural(type: string): string {
  return /^\w+$/u.test(type) ? `${type}s` : type;
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

function section(kind: DocumentKind): string {
  const { name, about, file } = kind;
  const tables = formsOf(kind).map(({ title, keys }) => {
    const rows = keys.map(
      ({ path, type, isRequired, meaning }) =>
        `| \`${path}\` | ${cell(type)} | ${isRequired ? 'yes' : 'no'} | ${cell(meaning)} |`,
    );
    const head = '| key | type | always | meaning |\n| --- | --- | --- | --- |';
    return `${title === '' ? '' : `${title}\n\n`}${head}\n${rows.join('\n')}\n`;
  });
  return `## ${name}\n\n${about} Found as: ${file}. JSON Schema: \`schemas/${name}.json\`.\n\n${tables.join('\n')}`;
}

/** `docs/records.md`: every document of a store and its keys, from the schemas that its readers check. */
export function recordsPage(): string {
  const list = documentKinds.map(({ name, file }) => `| [${name}](#${name}) | ${file} |`);
  return `# Records

Made by \`npm run records\` from \`src/store/documents\`. These are the documents of a store (\`reports\` by default), their files and their keys. The
package has a JSON Schema (2020-12) of each, \`flipgate/schemas/<document>.json\`, made from the code that reads them.

A document's \`schema\` has its version: flipgate refuses one that is newer than it knows, saying so. Keys that are not listed here may be there and pass
through. Keys are snake_case. Numbers are finite or absent. Ratios are from 0 to 1, times in seconds, timestamps RFC 3339 in UTC. What was not measured is
absent, never 0. Files with several lines are JSON Lines; a last line that was cut by a kill is dropped.

| document | file |
| --- | --- |
${list.join('\n')}

\`<run>/snippets.jsonl\` has every retrieved text once, a line each: \`{"sha256": "…", "text": "…"}\`.

${documentKinds.map(section).join('\n')}`;
}
