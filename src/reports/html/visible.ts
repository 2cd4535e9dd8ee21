/** The same text without what a page cannot show: control characters become their charts, halves of characters the replacement character. */
export function visible(text: string): string {
  return text.toWellFormed().replaceAll(/(?![\t\n])\p{Cc}/gu, pictureOf);
}

function pictureOf(character: string): string {
  const code = character.charCodeAt(0);
  if (code === 0x7f) return '\u2421';
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : '\uFFFD';
}
