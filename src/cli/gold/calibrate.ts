import { exitCodes, UserError, type ExitCode } from '../../base/errors.ts';
import { sanitizeForTerminal } from '../../base/printable.ts';
import type { World } from '../../base/world.ts';
import { loadConfig } from '../../config/load.ts';
import { defaultCacheFolder } from '../../embed/cache-folder.ts';
import { openEmbedder } from '../../embed/open.ts';
import { calibrate, type Calibration } from '../../gold/calibrate.ts';
import { loadGold } from '../../gold/load.ts';
import { alignColumns } from '../../reports/terminal/columns.ts';
import type { GoldFlags } from './flags.ts';

/** Prints how far the questions are from the sections that answer them, by the configured embedder, and the limit that most of these keep. */
export async function calibrateSet(
  path: string | undefined,
  flags: GoldFlags,
  world: World,
): Promise<ExitCode> {
  const config = await loadConfig(flags, world);
  const { environment, workingDirectory } = world;
  const gold = await loadGold(path ?? config.gold, { workingDirectory, corpusRoot: config.corpus });
  const embedder = openEmbedder(config.embedder, {
    cacheFolder: defaultCacheFolder(environment),
    workingDirectory: config.folder,
    environment,
  });
  try {
    const found = await calibrate(gold.questions, (texts) => embedder.embed(texts));
    if (found.question_anchor === undefined)
      throw new UserError(`"${gold.path}" has no question with an anchor`, {
        hint: 'add anchors: the sections that answer the questions',
      });
    const { id } = await embedder.identity();
    const limit = found.question_anchor.p95;
    world.stdout.write(
      flags.json === true
        ? `${JSON.stringify({ gold: gold.sha256, embedder: id, ...found, limit })}\n`
        : `${textOf(found, found.question_anchor)}\nby ${sanitizeForTerminal(id, 200)}\n`,
    );
    return exitCodes.pass;
  } finally {
    await embedder.close();
  }
}

function textOf(
  { separation }: Calibration,
  { n, mean, median, p95, by_phrasing, worst_phrasing }: NonNullable<Calibration['question_anchor']>,
): string {
  const digits = (value: number | null | undefined): string => value?.toFixed(3) ?? '–';
  return alignColumns([
    [
      'ΔS question–own anchor',
      `mean ${digits(mean)}, median ${digits(median)}, p95 ${digits(p95)} (${n} phrasings)`,
    ],
    ['by phrasing', by_phrasing.map(digits).join(', ')],
    [
      'worst phrasing',
      `${digits(worst_phrasing)}: what the rule semantic_distance would find of a perfect retriever`,
    ],
    ['a limit that 95 % keep', `semantic_distance: { limit: ${digits(p95)} }`],
    [
      'separation',
      `${digits(separation)} (share of pairs in which a question is nearer to its own anchor than to another's)`,
    ],
  ]);
}
