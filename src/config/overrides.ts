import { UserError } from '../base/errors.ts';

/** What flags and `FLIPGATE_…` variables can say; a flag wins over the environment, which wins over the file. */
export interface Overrides {
  readonly config?: string;
  readonly store?: string;
  readonly gold?: string;
  readonly paraphrases?: number;
  readonly seeds?: readonly number[];
  readonly concurrency?: number;
  readonly rate?: number;
  readonly timeout?: number;
  readonly limit?: number;
  readonly tag?: string;
  readonly warmup?: number;
  readonly maxCalls?: number;
  readonly blue?: string;
  readonly green?: string;
  readonly listenHost?: string;
  readonly listenPort?: number;
  readonly token?: string;
  readonly readToken?: string;
}

type Reader = (text: string, name: string) => unknown;

const readers: Readonly<Record<keyof Overrides, Reader>> = {
  config: (text) => text,
  store: (text) => text,
  gold: (text) => text,
  paraphrases: wholeNumber(0, 100),
  seeds: readSeeds,
  concurrency: wholeNumber(1, 1000),
  rate: positiveNumber(),
  timeout: positiveNumber(3600),
  limit: wholeNumber(1),
  tag: (text) => text,
  warmup: wholeNumber(0),
  maxCalls: wholeNumber(1),
  blue: (text) => text,
  green: (text) => text,
  // Not `port`: Kubernetes sets FLIPGATE_PORT for a service of that name.
  listenHost: (text) => text,
  listenPort: wholeNumber(0, 65_535),
  token: (text) => text,
  readToken: (text) => text,
};

/** Reads the text of one flag or variable. Throws a `UserError` that names it as the user wrote it. */
export function readOverride(key: keyof Overrides, text: string, name: string): unknown {
  return readers[key](text, name);
}

/** The `FLIPGATE_…` variables of the environment: `FLIPGATE_MAX_CALLS` for `maxCalls`. Empty ones are unset. */
export function environmentOverrides(environment: Readonly<Record<string, string | undefined>>): Overrides {
  const keys = Object.keys(readers) as (keyof Overrides)[]; // Object.keys forgets the literal types
  const found = keys.flatMap((key) => {
    const name = `FLIPGATE_${key.replaceAll(/[A-Z]/gu, (letter) => `_${letter}`).toUpperCase()}`;
    const text = environment[name];
    return text === undefined || text === '' ? [] : [[key, readOverride(key, text, name)]];
  });
  return Object.fromEntries(found) as Overrides; // each value comes from its key's reader
}

/** The ranges are those of the configuration file. */
function wholeNumber(smallest: number, largest = Number.MAX_SAFE_INTEGER): Reader {
  return (text, name) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isSafeInteger(value) && value >= smallest && value <= largest)
      return value;
    const range =
      largest === Number.MAX_SAFE_INTEGER ? `of at least ${smallest}` : `from ${smallest} to ${largest}`;
    throw new UserError(`${name} "${text}" is not a whole number ${range}`);
  };
}

function positiveNumber(largest = Number.MAX_VALUE): Reader {
  return (text, name) => {
    const value = Number(text);
    if (text.trim() !== '' && value > 0 && value <= largest) return value;
    throw new UserError(
      `${name} "${text}" is not a number above 0${largest === Number.MAX_VALUE ? '' : ` and at most ${largest}`}`,
    );
  };
}

function readSeeds(text: string, name: string): readonly number[] {
  const seeds = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (seeds.length > 100 || !seeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0))
    throw new UserError(`${name} "${text}" is not a list of at most 100 whole numbers`, {
      hint: 'write for example 1,2',
    });
  if (new Set(seeds).size === seeds.length) return seeds;
  throw new UserError(`${name} "${text}" has a seed twice`, { hint: 'two equal seeds measure nothing new' });
}
