import type { UnsetVariable } from './interpolate.ts';
import type { Path } from './parse.ts';

/** Parts of the configuration that a command can do without; `*` is any arm. */
export type ConfigPart =
  | 'arms'
  | 'arms.*.apiKey'
  | 'arms.*.headers'
  | 'baseline'
  | 'candidate'
  | 'corpus'
  | 'embedder'
  | 'embedder.apiKey'
  | 'gates'
  | 'gold'
  | 'plan'
  | 'rollback'
  | 'scoring'
  | 'serve'
  | 'signing'
  | 'signing.key'
  | 'store'
  | 'view';

const serving = ['serve', 'rollback'] as const;
const asking = ['arms.*.apiKey', 'arms.*.headers'] as const;
const comparing = ['arms', 'baseline', 'candidate', 'gates', 'scoring', 'view'] as const;

/** What commands do without, by what they do. A variable that only such a part names need not be set. */
export const unusedBy = {
  asking: serving,
  checking: [...serving, 'signing.key'],
  scoring: [...serving, ...asking],
  judging: [...serving, ...asking, 'embedder.apiKey'],
  /** Shows what was judged. */
  reporting: [...serving, ...asking, 'embedder.apiKey', 'signing.key'],
  serving: ['arms.*.apiKey', 'embedder.apiKey', 'signing.key'],
  pushing: [...serving, 'arms.*.apiKey', 'embedder.apiKey', 'signing.key'],
  /** Only looks into the store. */
  listing: [...serving, ...comparing, 'corpus', 'embedder', 'gold', 'plan', 'signing.key'],
  /** Notes something in the store. */
  noting: [...serving, ...comparing, 'corpus', 'embedder', 'gold', 'plan'],
  /** Only reads a gold set. */
  readingGold: [...serving, ...comparing, 'embedder', 'plan', 'signing', 'store'],
  /** Reads a gold set and embeds it. */
  linting: [...serving, ...comparing, 'signing', 'store'],
  /** Only embeds. */
  embedding: [...serving, ...comparing, 'corpus', 'gold', 'plan', 'signing'],
} as const satisfies Readonly<Record<string, readonly ConfigPart[]>>;

/**
 * Takes the parts out that are not used and name variables that are not set: nobody can then use what is not whole. Throws for such a variable
 * in any other part.
 */
export function withoutUnused(
  value: unknown,
  unset: readonly UnsetVariable[],
  unused: readonly ConfigPart[],
): { readonly value: unknown; readonly dropped: ReadonlySet<string> } {
  const dropped = new Map<string, Path>();
  for (const { path, error } of unset) {
    const part = unused.find((one) => isIn(path, one));
    if (part === undefined) throw error;
    const place = path.slice(0, part.split('.').length);
    dropped.set(place.map(String).join('.'), place);
  }
  const rest = [...dropped.values()].reduce<unknown>((whole, place) => without(whole, place), value);
  return { value: rest, dropped: new Set(dropped.keys()) };
}

function isIn(path: Path, part: ConfigPart): boolean {
  return part
    .split('.')
    .every((key, index) => path[index] !== undefined && (key === '*' || key === path[index]));
}

function without(value: unknown, [key, ...rest]: Path): unknown {
  if (typeof value !== 'object' || value === null || key === undefined) return value;
  const entries = Object.entries(value).flatMap(([name, member]): [string, unknown][] => {
    if (name !== String(key)) return [[name, member]];
    return rest.length === 0 ? [] : [[name, without(member, rest)]];
  });
  return Object.fromEntries(entries);
}
