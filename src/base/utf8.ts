export type Decoded =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly line: number; readonly problem: string };

/** Decodes UTF-8 strictly; a byte order mark is dropped. Bytes that are not UTF-8, and NUL bytes, are a problem with their line, from 1. */
export function decodeUtf8(bytes: Uint8Array): Decoded {
  if (startsLikeUtf16(bytes)) return { ok: false, line: 1, problem: 'is UTF-16 text' };
  const nul = bytes.indexOf(0);
  if (nul !== -1) return { ok: false, line: lineOfByte(bytes, nul), problem: 'holds a NUL byte' };
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { ok: false, line: firstBadLine(bytes), problem: 'is not UTF-8 text' };
  }
}

function startsLikeUtf16(bytes: Uint8Array): boolean {
  return (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
}

function lineOfByte(bytes: Uint8Array, position: number): number {
  return bytes.subarray(0, position).filter((byte) => byte === 10).length + 1;
}

/** A line feed is never part of another character in UTF-8, so lines can be tried one by one. */
function firstBadLine(bytes: Uint8Array): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line += 1) {
    const feed = bytes.indexOf(10, start);
    const end = feed === -1 ? bytes.length : feed;
    if (!isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
  }
  return line;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
