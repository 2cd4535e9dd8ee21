import type { PageAssets } from '../../../base/build.ts';
import { sanitizeForTerminal } from '../../../base/printable.ts';
import type { Verdict } from '../../../gates/verdict.ts';
import type { IndexedRun } from './indexed-run.ts';
import { chip, comparisonLink, indexRunTable, type GateStanding } from './runs.ts';
import { trendTable } from './trends.ts';
import { foreign, html, type Markup } from '../markup.ts';
import { minute } from '../numbers.ts';
import { documentOf } from '../page.ts';
import { definitionsSection } from '../sections/definitions.ts';

export interface IndexModel extends GateStanding {
  /** Newest first. */
  readonly runs: readonly IndexedRun[];
  /** What the page begins before; the newest runs by default. */
  readonly before?: string | undefined;
}

const perPage = 200;

/** What a store holds: what the gates say, how each arm did over time, and all runs with their reports. */
export function indexPage({ verdicts, runs, before, now }: IndexModel, assets: PageAssets): string {
  const page = runs.filter(({ id }) => before === undefined || id < before);
  const older = page.length > perPage ? page[perPage - 1]?.id : undefined;
  return documentOf(
    'flipgate',
    html`<header>
        <h1>flipgate</h1>
        <nav aria-label="For programs">
          <a href="/metrics">metrics</a> <a href="/v1/runs">runs as JSON</a>
          <a href="/openapi.json">OpenAPI</a>
        </nav>
      </header>
      <main>
        <section aria-labelledby="gates">
          <h2 id="gates">Gates</h2>
          ${verdicts.length === 0 ? html`<p>No gate has been judged yet.</p>` : html`<div class="cards">${verdicts.map(gateCard)}</div>`}
        </section>
        <section aria-labelledby="trends">
          <h2 id="trends">Arms over time</h2>
          ${trendTable(runs)}
        </section>
        <section aria-labelledby="runs">
          <h2 id="runs">Runs</h2>
          ${page.length === 0 ? html`<p>No run yet.</p>` : indexRunTable(page.slice(0, perPage), { verdicts, now })}
          ${older !== undefined && html`<p><a href="/?before=${older}">older runs</a></p>`}
        </section>
        ${definitionsSection()}
      </main>`,
    assets,
  );
}

function gateCard({ gate, arm, verdict, reason, expires_at: expires, runs }: Verdict): Markup {
  return html`<article class="side">
    <h3>${sanitizeForTerminal(gate, 40)}, ${sanitizeForTerminal(arm, 40)} ${chip(verdict, verdict)}</h3>
    <p>${foreign(sanitizeForTerminal(reason, 400))}</p>
    <p class="muted">
      ${expires === undefined || verdict === 'error' ? '' : `holds until ${minute(expires)} · `}
      ${runs.candidate !== undefined && comparisonLink(runs.baseline, runs.candidate, 'report')}
      <a href="/v1/gates/${gate}?arm=${arm}">as JSON</a>
    </p>
  </article>`;
}
