/**
 * A text as it arrives when the service cuts it by another tokenizer and hands the pieces on as words: byte-pair pieces of up to three
 * letters, with that tokenizer's mark for a space. The documents went through the model's own tokenizer, so the vectors do not meet.
 */
export function otherPieces(text: string): string {
  return text
    .split(/\s+/u)
    .map((word) => `Ġ ${(word.match(/.{1,3}/gu) ?? []).join(' ')}`)
    .join(' ');
}
