import { remembered } from '../../base/remembered.ts';
import type { CallLine } from '../../scoring/record.ts';
import { cutText, longestText } from '../../text/cut-text.ts';
import { evidenceError } from '../../store/corrupt-error.ts';
import { LineFile } from '../../store/line-file.ts';
import { isShown, parseCall } from '../../store/documents/call.ts';
import type { ReadCalls } from './report-columns.ts';
import type { RunFolder } from '../../store/run-folder.ts';
import { openTexts } from '../../store/stored-texts.ts';

/** One arm's run, for reading single calls. Its files are opened when something is first read of them. */
export interface OpenedRun {
  /** The call of a cell; `undefined` where there is none. Throws a `UserError` (exit 4) for one that is damaged. */
  callAt(cell: number): CallLine | undefined;
  /** A retrieved text by its SHA-256; empty where the run has lost it. */
  textOf(hash: string): string;
  /** The same, as long as it is shown. */
  shownTextOf(hash: string): string;
  close(): void;
}

/** Opens a run's calls, whose places were read; memory holds some of the texts that come again and again, and no call. */
export function openRun(folder: RunFolder, { starts, lengths }: ReadCalls): OpenedRun {
  const lines = new LineFile(folder.calls);
  const texts = openTexts(folder.snippets);
  const textOf = (hash: string): string => texts.textOf(hash) ?? '';
  const shownTextOf = remembered((hash) => cutText(textOf(hash), longestText, 'snippets.jsonl'), {
    most: 2000,
    longest: 2 * longestText,
  });
  const callAt = (cell: number): CallLine | undefined => {
    const start = starts[cell] ?? -1;
    const call = start === -1 ? undefined : parseCall(lines.read({ start, length: lengths[cell] ?? 0 }));
    if (call === undefined || isShown(call)) return call;
    throw evidenceError(
      `"${folder.calls}" has a call that is damaged (at byte ${start})`,
      'it was cut or edited: restore it, or ask again',
    );
  };
  const close = (): void => {
    lines.close();
    texts.close();
  };
  return { callAt, textOf, shownTextOf, close };
}
