/**
 * A stranger's text on one line for a terminal or a CI log: control characters, bidirectional overrides and line breaks become `·`,
 * `::` is broken (some CI systems read commands from it), and what is longer than `most` code points is cut with `…`.
 */
export function sanitizeForTerminal(text: string, most = 200): string {
  const clean = text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u061C\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]+/gu, '·')
    .replaceAll('::', ':·:');
  const points = Array.from(clean.slice(0, 2 * most + 2));
  return points.length > most ? `${points.slice(0, most - 1).join('')}…` : points.join('');
}
