import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError, codeOf, messageOf } from '../base/errors.ts';
import { rowExtensions, rowFormat, type RowFormat } from './rows.ts';

/** A file of a gold set: where it is, and how the user would write its path. */
export interface GoldFile {
  readonly absolute: string;
  readonly shown: string;
  readonly format: RowFormat;
}

export type Layout =
  | { readonly kind: 'one'; readonly folder: string; readonly file: GoldFile }
  | {
      readonly kind: 'three';
      readonly folder: string;
      readonly qa: GoldFile;
      readonly citations: GoldFile;
      readonly paraphrases: GoldFile;
    };

const candidates = ['gold.jsonl', 'gold.json', 'gold.yaml', 'gold.yml', 'qa.jsonl'];
const threeFiles = ['qa.jsonl', 'citations.jsonl', 'paraphrases.jsonl'];

/** The files of the gold set at a path. Throws a `UserError` where there is none, or more than one. */
export async function locateGold(written: string, workingDirectory: string): Promise<Layout> {
  const absolute = path.resolve(workingDirectory, written);
  const found = await stat(absolute).catch((error: unknown) => {
    throw new UserError(
      `gold set "${written}" cannot be read: ${codeOf(error) === 'ENOENT' ? 'there is nothing at this path' : messageOf(error)}`,
      {
        hint: 'name a folder with gold.jsonl in it, or a .jsonl, .json or .yaml file',
      },
    );
  });
  if (found.isDirectory()) return locateInFolder(written, absolute);
  if (path.basename(absolute) === 'qa.jsonl')
    return locateThree(path.dirname(written), path.dirname(absolute));
  return { kind: 'one', folder: path.dirname(absolute), file: goldFile(written, absolute) };
}

async function locateInFolder(written: string, folder: string): Promise<Layout> {
  const names = await readdir(folder);
  const present = candidates.filter((name) => names.includes(name));
  const [name, ...others] = present;
  if (name === undefined) {
    throw new UserError(`folder "${written}" holds no gold set`, {
      hint: `expected one of ${candidates.join(', ')} in it`,
    });
  }
  if (others.length > 0) {
    throw new UserError(`folder "${written}" holds more than one gold set: ${present.join(', ')}`, {
      hint: 'name the file that you mean, or remove the others',
    });
  }
  if (name === 'qa.jsonl') return locateThree(written, folder);
  return { kind: 'one', folder, file: goldFile(path.join(written, name), path.join(folder, name)) };
}

async function locateThree(written: string, folder: string): Promise<Layout> {
  const names = await readdir(folder);
  const missing = threeFiles.filter((name) => !names.includes(name));
  if (missing.length > 0) {
    throw new UserError(`folder "${written}" lacks ${missing.join(' and ')} of the three-file layout`, {
      hint: 'citations.jsonl has {"id", "anchors"} a line, paraphrases.jsonl {"id", "paraphrases"}; both are joined to qa.jsonl by id',
    });
  }
  const at = (name: string): GoldFile => goldFile(path.join(written, name), path.join(folder, name));
  return {
    kind: 'three',
    folder,
    qa: at('qa.jsonl'),
    citations: at('citations.jsonl'),
    paraphrases: at('paraphrases.jsonl'),
  };
}

function goldFile(shown: string, absolute: string): GoldFile {
  const format = rowFormat(path.extname(absolute));
  if (format === undefined) {
    throw new UserError(`gold file "${shown}" has an ending that is not known`, {
      hint: `known endings: ${rowExtensions.join(', ')}`,
    });
  }
  return { absolute, shown, format };
}
