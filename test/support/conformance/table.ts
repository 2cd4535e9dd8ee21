/** What each consumer decided, a row a case and a column a consumer; what opened stands in bold. */
export function tableOf(
  rows: ReadonlyMap<string, Readonly<Record<string, string>>>,
  opens: Readonly<Record<string, string>>,
): string {
  const consumers = Object.keys(opens);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const cell = (consumer: string, decided = '–'): string =>
    decided === opens[consumer] ? `**${decided}**` : decided;
  return `${[
    line(['case', ...consumers]),
    line(['---', ...consumers.map(() => '---')]),
    ...[...rows].map(([name, row]) =>
      line([name, ...consumers.map((consumer) => cell(consumer, row[consumer]))]),
    ),
  ].join('\n')}\n`;
}
