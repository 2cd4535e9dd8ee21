import { LineCounter, isMap, isNode, parseDocument, type Document, type Pair } from 'yaml';
import { UserError, messageOf } from '../base/errors.ts';

export type Path = readonly PropertyKey[];

/** A configuration text as plain values, with the way back from a value to its line. */
export interface ParsedText {
  readonly value: unknown;
  /** `file:line` of the value or key at `path`, or of its nearest ancestor. */
  where(path: Path): string;
}

/** Parses YAML (so JSON too). Throws a `UserError` that names file and line for what is not. */
export function parseText(text: string, file: string): ParsedText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  const problem = document.errors[0];
  if (problem !== undefined) {
    const line = lines.linePos(problem.pos[0]).line;
    throw new UserError(`${file}:${line}: not valid YAML: ${lowerFirst(problem.message)}`, {
      hint: 'check indentation, quotes and brackets there',
    });
  }
  return { value: valueOf(document, file), where: (path) => `${file}:${lineOf(document, lines, path)}` };
}

/** An alias is only followed here, so one that leads nowhere, or to far too much, shows here. */
function valueOf(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 }) as unknown;
  } catch (error) {
    throw new UserError(`${file}: not valid YAML: ${lowerFirst(messageOf(error))}`, {
      hint: 'write the value out instead of an alias',
    });
  }
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

function lineOf(document: Document, lines: LineCounter, path: Path): number {
  for (let length = path.length; length > 0; length -= 1) {
    const offset = offsetOf(document, path.slice(0, length));
    if (offset !== undefined) return lines.linePos(offset).line;
  }
  return 1;
}

function offsetOf(document: Document, path: Path): number | undefined {
  const parent = document.getIn(path.slice(0, -1), true);
  const last = path.at(-1);
  const container = path.length === 1 ? document.contents : parent;
  if (isMap(container)) {
    const pair = container.items.find((item) => keyOf(item) === String(last));
    if (pair !== undefined && isNode(pair.key)) return pair.key.range?.[0];
  }
  const node = document.getIn(path, true);
  return isNode(node) ? node.range?.[0] : undefined;
}

function keyOf(pair: Pair): string {
  return isNode(pair.key) ? String(pair.key.toJSON()) : String(pair.key);
}
