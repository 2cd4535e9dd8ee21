import pLimit from 'p-limit';

/** Far fewer than the files that a process may have open. */
const maxAtOnce = 32;

/** What `work` makes of each item, in their order, a few at a time: a store may have more runs than a process may open files. */
export function mapLimited<Item, Result>(
  items: Iterable<Item>,
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  return pLimit(maxAtOnce).map(items, work);
}
