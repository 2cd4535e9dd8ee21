import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from '../base/errors.ts';
import { decodeUtf8 } from '../base/utf8.ts';
import { codePointText, type CodePointText } from '../text/code-points.ts';

export type FoundDocument =
  | { readonly found: true; readonly text: string; readonly points: CodePointText }
  /** `why` completes "the document …". */
  | { readonly found: false; readonly why: string };

/** The documents that anchors name: read once each, from the given folders, never from outside them and never over a network. */
export interface Documents {
  find(sourceUrl: string): Promise<FoundDocument>;
  /** The texts of those found so far, by `source_url`. */
  texts(): ReadonlyMap<string, string>;
}

/** Looks documents up in the folders in their order: the first that holds one wins. */
export function openDocuments(folders: readonly string[]): Documents {
  const known = new Map<string, FoundDocument>();
  return {
    async find(sourceUrl) {
      const document = known.get(sourceUrl) ?? (await lookUp(sourceUrl, folders));
      known.set(sourceUrl, document);
      return document;
    },
    texts: () =>
      new Map(
        [...known].flatMap(([url, document]) => (document.found ? [[url, document.text] as const] : [])),
      ),
  };
}

/** Where a gold set's documents are: the configured corpus root, the set's own folder, and the folder above that. */
export function documentFolders(goldFolder: string, corpusRoot?: string): string[] {
  return [...(corpusRoot === undefined ? [] : [corpusRoot]), goldFolder, path.dirname(goldFolder)];
}

async function lookUp(sourceUrl: string, folders: readonly string[]): Promise<FoundDocument> {
  if (/^[a-z][a-z\d+.-]+:/iu.test(sourceUrl))
    return { found: false, why: 'is an address outside, which is never fetched' };
  if (!staysInside(sourceUrl)) return { found: false, why: 'has a path that leaves the corpus' };
  let why = 'is neither in the corpus root, nor in the folder of the gold set, nor in the one above';
  for (const folder of folders) {
    const document = await readInside(folder, sourceUrl);
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

async function readInside(folder: string, sourceUrl: string): Promise<FoundDocument | undefined> {
  const file = path.join(folder, sourceUrl);
  try {
    const real = await realpath(file);
    const relative = path.relative(await realpath(folder), real);
    if (relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative))
      return { found: false, why: 'is a link that leaves the corpus' };
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
