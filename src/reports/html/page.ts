import { createHash } from 'node:crypto';
import type { PageAssets } from '../../base/build.ts';
import { sanitizeForTerminal } from '../../base/printable.ts';
import { distributionCharts } from './charts/distributions.ts';
import { latencyChart } from './charts/latencies.ts';
import { lambdaMatrix } from './charts/matrix.ts';
import { pairCharts } from './charts/pairs.ts';
import { timeCharts } from './charts/times.ts';
import { html, trusted, type Markup } from './markup.ts';
import type { ReportModel } from './model.ts';
import { minute } from './numbers.ts';
import { definitionsSection } from './sections/definitions.ts';
import { questionsSection } from './sections/questions.ts';
import { rulesSection } from './sections/rules.ts';
import { statisticsSection } from './sections/statistics.ts';
import { verdictSection } from './sections/verdict.ts';

/** A report as one page that needs nothing else: same model and assets, same bytes. */
export function reportPage(model: ReportModel, assets: PageAssets): string {
  const { candidate, baseline, verdicts } = model;
  const { version } = candidate.record.provenance;
  const about = verdictSection(model);
  const charts = chartsSection(model);
  const questions = questionsSection(model);
  // The questions are megabytes, and always there.
  const isShown = (id: string): boolean =>
    id === 'questions' || [about, charts].some(({ markup }) => markup.includes(` id="${id}"`));
  return documentOf(
    titleOf(model),
    html`<header>
        <p class="brand">
          <strong>flipgate</strong> ${baseline === undefined ? 'run of ' : ''}${armsOf(model)}
        </p>
        <nav aria-label="Parts of this page">
          <a href="#verdict">verdict</a> <a href="#charts">charts</a> <a href="#questions">questions</a>
          <a href="#definitions">definitions</a>
        </nav>
      </header>
      <main>
        <div id="verdict">${about}</div>
        ${verdicts.map((one) => rulesSection(one, isShown))} ${charts} ${questions}
        ${statisticsSection(model)} ${definitionsSection()}
      </main>
      <footer>
        <p>
          Made by flipgate ${sanitizeForTerminal(version, 40)} from
          ${[baseline, candidate].flatMap((arm) => (arm === undefined ? [] : [html`<code>${sanitizeForTerminal(arm.record.id, 80)}</code> `]))}
        </p>
      </footer>`,
    assets,
  );
}

/** What a browser's tab shows: the verdict first, with its end. */
function titleOf(model: ReportModel): string {
  const [verdict] = model.verdicts;
  const until =
    verdict?.verdict === 'pass' && verdict.expires_at !== undefined
      ? ` until ${minute(verdict.expires_at)}`
      : '';
  return `${verdict === undefined ? '' : `${verdict.verdict}${until}: `}${armsOf(model)} · flipgate`;
}

function armsOf({ baseline, candidate }: ReportModel): string {
  const arms = [baseline, candidate].flatMap((arm) => arm ?? []);
  return arms.map(({ record }) => sanitizeForTerminal(record.arm, 40)).join(' → ');
}

/** A page with its policy: nothing is loaded, and no other style or script runs. */
export function documentOf(title: string, body: Markup, assets: PageAssets): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicyOf(assets)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        ${exactly('style', assets.style)}
      </head>
      <body>
        ${body} ${exactly('script', assets.script)}
      </body>
    </html> `.markup;
}

/** How every page with these assets begins, with its policy before anything that is its own. */
export function documentStart(assets: PageAssets): string {
  const page = documentOf('', html``, assets);
  return page.slice(0, page.indexOf('<title>'));
}

/** What a page with these assets may: have its one style and run its one script. */
export function contentSecurityPolicyOf({ style, script }: PageAssets): string {
  return `default-src 'none'; style-src '${hashOf(style)}'; script-src '${hashOf(script)}'; base-uri 'none'; form-action 'none'`;
}

/** The element whose hash stands in the policy: not a space more. */
function exactly(name: 'style' | 'script', text: string): Markup {
  return trusted(`<${name}>${text}</${name}>`);
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function chartsSection(model: ReportModel): Markup {
  const charts = [
    ...distributionCharts(model),
    ...pairCharts(model),
    latencyChart(model),
    ...timeCharts(model),
  ].flatMap((chart) => chart ?? []);
  const faults = [model.baseline, model.candidate].some((arm) => arm?.calls.faulted.includes(1));
  const matrix = lambdaMatrix(model);
  const none = charts.length === 0 && matrix === undefined;
  return html`<section id="charts" aria-labelledby="charts-title">
    <h2 id="charts-title">Charts</h2>
    ${none && html`<p>Nothing was measured that could be drawn.</p>`}
    <div class="figures">${charts}</div>
    ${!none && !faults && html`<p>No call was a fault.</p>`} ${matrix}
  </section>`;
}
