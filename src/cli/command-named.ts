/**
 * The command that arguments name: the first word that is no flag, or the one after `help`. The program itself has no flag with a value, and
 * what follows belongs to the command, whatever it is called.
 */
export function commandNamed(words: readonly string[]): string | undefined {
  const [first, second] = words.filter((word) => !word.startsWith('-'));
  return first === 'help' ? second : first;
}
