import { canonicalJson } from '../base/canonical.ts';
import type { ToolCall } from './answer.ts';
import type { ToolLoopOptions } from './scoring-options.ts';

/**
 * Whether an answer's tool calls are a loop: more than `maxCalls`; the same tool with the same canonicalised arguments `repeats` times,
 * anywhere in the answer; or a cycle of 2 to 4 calls, by name, with at least two different tools, `cycles` times in direct succession.
 */
export function hasToolLoop(calls: readonly ToolCall[], options: ToolLoopOptions): boolean {
  if (calls.length > options.maxCalls) return true;
  const names = calls.map((call) => call.name);
  return repeats(calls, options.repeats) || [2, 3, 4].some((length) => cycles(names, length, options.cycles));
}

function repeats(calls: readonly ToolCall[], limit: number): boolean {
  const counts = new Map<string, number>();
  for (const call of calls) {
    const key = `${JSON.stringify(call.name)} ${canonicalArguments(call.arguments)}`;
    const count = (counts.get(key) ?? 0) + 1;
    if (count >= limit) return true;
    counts.set(key, count);
  }
  return false;
}

/** Arguments that have no canonical form (nested beyond the stack) all count as the same: a loop is rather seen than missed. */
function canonicalArguments(value: unknown): string {
  try {
    return canonicalJson(value ?? null);
  } catch {
    return 'no canonical form';
  }
}

function cycles(names: readonly string[], length: number, times: number): boolean {
  let matching = 0;
  for (let index = length; index < names.length; index += 1) {
    matching = names[index] === names[index - length] ? matching + 1 : 0;
    if (matching >= length * (times - 1) && new Set(names.slice(index - length + 1, index + 1)).size > 1)
      return true;
  }
  return false;
}
