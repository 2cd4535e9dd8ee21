import type { PageAssets } from '../../base/build.ts';
import { html, type Markup } from './markup.ts';
import { documentOf } from './page.ts';

/** A report that was asked for and is not there. */
export interface MissingReport {
  /** One run, or a baseline and a candidate; none where the ids are no run's. */
  readonly runs: readonly string[];
  readonly why: 'not written' | 'no run' | 'no name';
}

/** What stands in the place of a report that is not there, and how to get it. */
export function missingPage(missing: MissingReport, assets: PageAssets): string {
  return documentOf(
    'no report · flipgate',
    html`<header>
        <p class="brand"><strong>flipgate</strong></p>
      </header>
      <main>
        <h1>There is no report here</h1>
        ${reasonOf(missing)}
        <p><a href="/">All runs</a></p>
      </main>`,
    assets,
  );
}

function reasonOf({ runs, why }: MissingReport): Markup {
  const named = runs.map((run) => html`<code>${run}</code> `);
  if (why === 'no name') return html`<p>That is no name of a run, nor of two.</p>`;
  if (why === 'no run') return html`<p>The store has no such run any more, or never had: ${named}</p>`;
  return html`<p>None was written yet of ${named}</p>
    <p>This writes it, on the machine that has the store:</p>
    <p><code>flipgate report ${runs.join(' ')}</code></p>`;
}
