import { exitCodes, type ExitCode } from '../../base/errors.ts';
import { sanitizeForTerminal } from '../../base/printable.ts';
import type { World } from '../../base/world.ts';
import type { Config } from '../../config/config.ts';
import { loadConfig } from '../../config/load.ts';
import { unusedBy } from '../../config/unused.ts';
import { defaultCacheFolder } from '../../embed/cache-folder.ts';
import { openEmbedder } from '../../embed/open.ts';
import { exportGold } from '../../gold/export.ts';
import { importGold } from '../../gold/imports/import.ts';
import { lintGold, type LintReport } from '../../gold/lint.ts';
import { loadGold } from '../../gold/load.ts';
import { alignColumns } from '../../reports/terminal/columns.ts';
import { paintFor } from '../../reports/terminal/paint.ts';
import type { GoldExportFlags, GoldFlags, GoldImportFlags, GoldLintFlags } from './flags.ts';

/** Prints every finding. Exit 0 without errors, 1 with; with `--strict` warnings count as errors. */
export async function lint(path: string | undefined, flags: GoldLintFlags, world: World): Promise<ExitCode> {
  const config = await loadConfig(flags, world, { unused: unusedBy.linting });
  const { environment, workingDirectory } = world;
  const embedder = openEmbedder(config.embedder, {
    cacheFolder: defaultCacheFolder(environment),
    workingDirectory: config.folder,
    environment,
  });
  try {
    const embed = (texts: readonly string[]): Promise<readonly Float32Array[]> => embedder.embed(texts);
    const report = await lintGold(path ?? config.gold, {
      workingDirectory,
      corpusRoot: config.corpus,
      paraphrases: config.plan.paraphrases,
      embed,
    });
    printLint(report, flags, world);
    const failed = report.findings.some(({ severity }) => severity === 'error' || flags.strict === true);
    return failed ? exitCodes.fail : exitCodes.pass;
  } finally {
    await embedder.close();
  }
}

function printLint({ questions, findings, sha256 }: LintReport, flags: GoldLintFlags, world: World): void {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const counts = { questions, errors, warnings: findings.length - errors };
  if (flags.json === true) {
    world.stdout.write(
      `${JSON.stringify({ ...counts, ...(sha256 === undefined ? {} : { sha256 }), findings })}\n`,
    );
    return;
  }
  const paint = paintFor(world.stdout, world.environment);
  const blocks = findings.map(({ severity, code, file, line, id, message, hint }) => {
    const where = `${file}${line === undefined ? '' : `:${line}`}`;
    const mark = severity === 'error' ? paint.red(severity) : paint.yellow(severity);
    return `${alignColumns([[where, mark, code, sanitizeForTerminal(id ?? '')]])}\n  ${sanitizeForTerminal(message, 400)}\n  ${paint.dim(`hint: ${sanitizeForTerminal(hint, 400)}`)}\n`;
  });
  world.stdout.write(
    `${blocks.join('')}${counts.questions} questions, ${counts.errors} errors, ${counts.warnings} warnings\n`,
  );
}

/** Prints the identity. */
export async function hash(path: string | undefined, flags: GoldFlags, world: World): Promise<ExitCode> {
  const gold = await loadGold(
    path ?? (await loadConfig(flags, world, { unused: unusedBy.readingGold })).gold,
    await loadOptions(flags, world),
  );
  world.stdout.write(
    flags.json === true
      ? `${JSON.stringify({ sha256: gold.sha256, questions: gold.questions.length })}\n`
      : `${gold.sha256}\n`,
  );
  return exitCodes.pass;
}

/** Writes the set in another layout. */
export async function exportSet(
  path: string | undefined,
  flags: GoldExportFlags,
  world: World,
): Promise<ExitCode> {
  const from = path ?? (await loadConfig(flags, world, { unused: unusedBy.readingGold })).gold;
  const { out, resolve = false, force = false } = flags;
  const exported = await exportGold(from, { ...(await loadOptions(flags, world)), out, resolve, force });
  if (exported.withoutText > 0) {
    world.stderr.write(
      `note: ${exported.withoutText} anchors have no text of their own: the set needs its documents, or export it with --resolve\n`,
    );
  }
  const { questions, sha256, from: before } = exported;
  const identity =
    sha256 === before ? `identity unchanged, ${sha256}` : `new identity ${sha256} (was ${before})`;
  world.stdout.write(
    flags.json === true
      ? `${JSON.stringify({ out, questions, sha256, from_sha256: before })}\n`
      : `${out}: ${questions} questions, ${identity}\n`,
  );
  return exitCodes.pass;
}

/** Makes a gold set of somebody else's file, and says what could not be taken over and what is still missing. */
export async function importSet(file: string, flags: GoldImportFlags, world: World): Promise<ExitCode> {
  const imported = await importGold(file, {
    ...flags,
    force: flags.force === true,
    workingDirectory: world.workingDirectory,
  });
  if (flags.json === true) {
    world.stdout.write(`${JSON.stringify({ out: flags.out, ...imported })}\n`);
    return exitCodes.pass;
  }
  world.stdout.write(`${flags.out}: ${imported.questions} questions from ${imported.format}\n`);
  for (const note of imported.notes) world.stderr.write(`note: ${sanitizeForTerminal(note, 400)}\n`);
  world.stdout.write(`next: flipgate gold lint ${flags.out}\n`);
  return exitCodes.pass;
}

async function loadOptions(
  flags: GoldFlags,
  world: World,
): Promise<{ workingDirectory: string; corpusRoot: Config['corpus'] }> {
  const { corpus } = await loadConfig(flags, world, { unused: unusedBy.readingGold });
  return { workingDirectory: world.workingDirectory, corpusRoot: corpus };
}
