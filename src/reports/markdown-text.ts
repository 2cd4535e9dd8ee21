import { sanitizeForTerminal } from '../base/printable.ts';

/** Parts a mention, a reference, a link or an emoji's name so that it stays the text it is. */
const part = '\u200B';

/**
 * A stranger's text on one line of GitHub's or GitLab's Markdown, as a cell or after words of ours, never as the start of a line: it
 * reads the same and cannot become markup, HTML, a link, a mention, a reference to an issue, or the end of its cell. What opens markup is
 * written as a character reference, which no Markdown reader takes for structure; what sites look for in the finished page (`@name`,
 * `#1`, `https://`, `:name:`) is parted by an invisible character. Cut after `most` code points.
 */
export function markdownText(text: string, most = 300): string {
  return sanitizeForTerminal(text, most)
    .replaceAll('@', `@${part}`)
    .replaceAll(/[#!$%&~^](?=["\w])/gu, (sign) => sign + part)
    .replaceAll(/(GH-)(?=\d)/giu, `$1${part}`)
    .replaceAll(/:(?=\/\/|[\w+-]*[A-Za-z+-][\w+-]*:|100:|1234:)/gu, `:${part}`)
    .replaceAll(/(www)\./giu, `$1${part}.`)
    .replaceAll(
      /[&<>#`*~[\]{}\\|$^\u200B]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/gu,
      (sign) => `&#${sign.codePointAt(0)};`,
    );
}

/** A row of a table; its cells are Markdown already. */
export function markdownRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** A table: its head is words of ours, its cells are Markdown already. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [markdownRow(head), markdownRow(head.map(() => '---')), ...rows.map(markdownRow)].join('\n');
}
