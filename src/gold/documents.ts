import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from '../base/errors.ts';
import { decodeUtf8 } from '../base/utf8.ts';
import { codePointText, type CodePointText } from '../text/code-points.ts';

export type FoundDocument =
  | { readonly found: true; readonly text: string; readonly points: CodePointText }
  /** `why` completes "the document …". */
  | { readonly found: false; readonly why: string };

/** Where a gold set's documents may be. */
export interface DocumentRoots {
  /** The set's own folder: what it ships. */
  readonly goldFolder: string;
  /** The configured corpus root; looked into first. */
  readonly corpusRoot?: string | undefined;
}

/** The documents that anchors name: read once each, from the roots, never from outside them and never over a network. */
export interface Documents {
  find(sourceUrl: string): Promise<FoundDocument>;
  /** The texts of those found so far, by `source_url`. */
  texts(): ReadonlyMap<string, string>;
}

/** Looks documents up in every place where one may be: the first that holds it wins. */
export function openDocuments(roots: DocumentRoots): Documents {
  const known = new Map<string, FoundDocument>();
  return {
    async find(sourceUrl) {
      const document = known.get(sourceUrl) ?? (await lookUp(sourceUrl, roots));
      known.set(sourceUrl, document);
      return document;
    },
    texts: () =>
      new Map(
        [...known].flatMap(([url, document]) => (document.found ? [[url, document.text] as const] : [])),
      ),
  };
}

export interface DocumentPlace {
  readonly root: string;
  /** Relative to it. */
  readonly file: string;
}

/** The places of a document, in the order in which they are looked at. A path may begin with the name of the set's own folder. */
export function placesOf(
  sourceUrl: string,
  { goldFolder, corpusRoot }: DocumentRoots,
): readonly DocumentPlace[] {
  const own = `${path.basename(goldFolder)}/`;
  return [
    ...(corpusRoot === undefined ? [] : [{ root: corpusRoot, file: sourceUrl }]),
    { root: goldFolder, file: sourceUrl },
    ...(sourceUrl.startsWith(own) ? [{ root: goldFolder, file: sourceUrl.slice(own.length) }] : []),
  ];
}

async function lookUp(sourceUrl: string, roots: DocumentRoots): Promise<FoundDocument> {
  if (/^[a-z][a-z\d+.-]+:/iu.test(sourceUrl))
    return { found: false, why: 'is an address outside, which is never fetched' };
  if (!staysInside(sourceUrl)) return { found: false, why: 'has a path that leaves the corpus' };
  let why = 'is neither in the corpus root nor in the folder of the gold set';
  for (const place of placesOf(sourceUrl, roots)) {
    const document = await readInside(place);
    if (document?.found === true) return document;
    if (document !== undefined) ({ why } = document);
  }
  return { found: false, why };
}

function staysInside(sourceUrl: string): boolean {
  return (
    !path.isAbsolute(sourceUrl) &&
    !path.win32.isAbsolute(sourceUrl) &&
    !sourceUrl.split(/[/\\]/u).includes('..')
  );
}

/** Hidden files hold what nobody means to publish (`.env`, `.git/config`), and an anchor is shown in reports. */
function isHidden(file: string): boolean {
  return file.split(/[/\\]/u).some((part) => part.startsWith('.') && part !== '.');
}

async function readInside({ root, file }: DocumentPlace): Promise<FoundDocument | undefined> {
  try {
    const real = await realpath(path.join(root, file));
    const relative = path.relative(await realpath(root), real);
    if (relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative))
      return { found: false, why: 'is a link that leaves the corpus' };
    if (isHidden(file) || isHidden(relative)) return { found: false, why: 'is hidden, and never read' };
    if (!(await stat(real)).isFile()) return { found: false, why: 'is not a file' };
    const decoded = decodeUtf8(await readFile(real));
    return decoded.ok
      ? { found: true, text: decoded.text, points: codePointText(decoded.text) }
      : { found: false, why: decoded.problem };
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (code === undefined) throw error;
    return { found: false, why: `cannot be read (${code})` };
  }
}
