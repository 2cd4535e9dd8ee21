/** What the page shows, as its address says it. */
export interface Address {
  readonly question?: string | undefined;
  readonly phrasing?: number | undefined;
  readonly seed?: number | undefined;
  readonly search: string;
  readonly tag: string;
  readonly state: string;
  readonly worse: boolean;
  readonly flips: boolean;
  readonly faults: boolean;
  /** From 1. */
  readonly page: number;
}

export const nowhere: Address = {
  search: '',
  tag: '',
  state: '',
  worse: false,
  flips: false,
  faults: false,
  page: 1,
};

/** The address in a hash; `undefined` where it names a part of the page. */
export function parseAddress(hash: string): Address | undefined {
  if (!hash.startsWith('#?')) return undefined;
  const parameters = new URLSearchParams(hash.slice(2));
  const text = (name: string): string => parameters.get(name) ?? '';
  const number = (name: string): number | undefined =>
    /^\d{1,9}$/u.test(text(name)) ? Number(text(name)) : undefined;
  const seed = /^-?\d{1,16}$/u.test(text('seed')) ? Number(text('seed')) : undefined;
  return {
    question: parameters.get('question') ?? undefined,
    phrasing: number('phrasing'),
    seed,
    search: text('search'),
    tag: text('tag'),
    state: text('state'),
    worse: parameters.has('worse'),
    flips: parameters.has('flips'),
    faults: parameters.has('faults'),
    page: Math.max(1, number('page') ?? 1),
  };
}

/** The hash of an address; what is usual is left out. */
export function hashOf(address: Address): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(address) as [keyof Address, Address[keyof Address]][]) {
    if (value === undefined || value === '' || value === false || (name === 'page' && value === 1)) continue;
    parameters.set(name, value === true ? '1' : String(value));
  }
  return `#?${parameters.toString()}`;
}
