/** A series by its name and labels, as text: `name{a="x",b="y"}`, labels in order of their names. */
export function seriesKey(name: string, labels: Readonly<Record<string, string>>): string {
  const written = Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return `${name}{${written.join(',')}}`;
}

/** The samples of a page in exposition format, by `seriesKey`. Throws for a line that is none. */
export function samplesOfPage(page: string): ReadonlyMap<string, number> {
  const lines = page.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const [, name, inside = '', value] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/u.exec(line) ?? [];
      if (name === undefined) throw new Error(`no sample: ${line}`);
      const labels = [...inside.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/gu)].map(([, label = '', text = '']) => [
        label,
        unescaped(text),
      ]);
      return [seriesKey(name, Object.fromEntries(labels) as Record<string, string>), Number(value)];
    }),
  );
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/gu, (_, letter: string) => (letter === 'n' ? '\n' : letter));
}
