import colors from 'picocolors';
import type { Sink } from '../../base/world.ts';

type Brush = (text: string) => string;

/** Colours for people; plain where the output is no terminal or `NO_COLOR` is set. */
export interface Paint {
  readonly bold: Brush;
  readonly dim: Brush;
  readonly green: Brush;
  readonly yellow: Brush;
  readonly red: Brush;
}

/** The colours that fit where the text goes. */
export function paintFor(sink: Sink, environment: Readonly<Record<string, string | undefined>>): Paint {
  const wanted = sink.isTerminal && (environment['NO_COLOR'] ?? '') === '' && environment['TERM'] !== 'dumb';
  const { bold, dim, green, yellow, red } = colors.createColors(wanted);
  return { bold, dim, green, yellow, red };
}
