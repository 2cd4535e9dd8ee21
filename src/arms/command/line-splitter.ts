export interface LineSplitter {
  /** Takes the next bytes; calls back for each whole line. Returns false once a line is longer than the limit: nothing is read after that. */
  push(chunk: Buffer): boolean;
}

/** Splits a stream of bytes at line feeds; holds at most one unfinished line, and no more of it than the limit. */
export function createLineSplitter(limit: number, onLine: (line: Buffer) => void): LineSplitter {
  let pieces: Buffer[] = [];
  let held = 0;
  let isOver = false;
  const take = (piece: Buffer): void => {
    held += piece.length;
    isOver ||= held > limit;
    if (!isOver) pieces.push(piece);
  };
  return {
    push(chunk) {
      let rest = chunk;
      for (let end = rest.indexOf(10); end !== -1 && !isOver; end = rest.indexOf(10)) {
        take(rest.subarray(0, end));
        if (isOver) return false;
        onLine(Buffer.concat(pieces, held));
        pieces = [];
        held = 0;
        rest = rest.subarray(end + 1);
      }
      take(rest);
      return !isOver;
    },
  };
}
