import { rm } from 'node:fs/promises';
import { readGivenLines } from '../base/files.ts';
import { openJournal } from '../store/journal.ts';
import type { JournaledCall } from './call-line.ts';
import { textHash } from '../store/recover.ts';
import type { RunFolder } from '../store/run-folder.ts';

/** The two files that answers go to while a run asks. */
export interface AnswersFile {
  /** Resolves when the answer counts as had: its texts and its line are with the operating system. */
  add(call: JournaledCall): Promise<void>;
  close(): Promise<void>;
}

/** Opens `calls.jsonl` and `snippets.jsonl` of a run for appending. */
export async function openAnswersFile(folder: RunFolder): Promise<AnswersFile> {
  const known = knownTexts(folder.snippets);
  const snippets = await openJournal(folder.snippets);
  const calls = await openJournal(folder.calls);
  let textsWritten = Promise.resolve();
  let recordGone: Promise<void> | undefined;
  return {
    async add({ line, texts }) {
      // A run that is asked further has not ended, whatever an earlier process wrote.
      recordGone ??= rm(folder.record, { force: true });
      await recordGone;
      const fresh = freshTexts(texts, known);
      if (fresh !== '') textsWritten = snippets.append(fresh);
      // Another call's text may be under way: no line may name a text that a kill could still keep from being written.
      await textsWritten;
      await calls.append(`${JSON.stringify(line)}\n`);
    },
    async close() {
      try {
        await snippets.close();
      } finally {
        await calls.close();
      }
    },
  };
}

/** The lines for texts that are not in the file yet; they count as known from now on. */
function freshTexts(texts: ReadonlyMap<string, string>, known: Set<string>): string {
  let lines = '';
  for (const [hash, text] of texts) {
    if (known.has(hash)) continue;
    known.add(hash);
    lines += `${JSON.stringify({ sha256: hash, text })}\n`;
  }
  return lines;
}

function knownTexts(file: string): Set<string> {
  const known = new Set<string>();
  for (const { text } of readGivenLines(file)) {
    const hash = textHash(text);
    if (hash !== undefined) known.add(hash);
  }
  return known;
}
