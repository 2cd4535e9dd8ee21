import type { Comparison, ComparedStatistic } from '../../../statistics/comparison.ts';
import { runTable } from '../../terminal/run-table.ts';
import type { Paint } from '../../terminal/paint.ts';
import { statisticRow } from '../../statistic-row.ts';
import { picturedArms } from '../charts/figure.ts';
import { html, type Markup } from '../markup.ts';
import type { ReportModel } from '../model.ts';
import { missing } from '../numbers.ts';
import { numbersTable } from '../numbers-table.ts';

const plain: Paint = { bold: String, dim: String, green: String, yellow: String, red: String };

/** Every number of the runs, folded away. */
export function statisticsSection(model: ReportModel): Markup {
  const { comparison } = model;
  const arms = picturedArms(model);
  const findings = arms.flatMap(({ arm, name }) =>
    arm.record.findings.map((finding) => ({ name, ...finding })),
  );
  return html`<section aria-labelledby="numbers-title">
    <h2 id="numbers-title">All numbers</h2>
    <details>
      <summary>Summary of ${arms.length === 1 ? 'the run' : 'both runs'}</summary>
      <div class="scroll" tabindex="0" role="region" aria-label="Summary">
        <pre>
${runTable(
            arms.map(({ arm }) => arm.record),
            plain,
          )}</pre>
      </div>
    </details>
    ${
      comparison &&
      html`<details>
        <summary>Every statistic with its difference</summary>
        ${statisticsTable(comparison)}
      </details>`
    }
    ${
      findings.length > 0 &&
      html`<details>
        <summary>Findings: ${findings.length}</summary>
        <ul>
          ${findings.map(({ name, code, field, count }) => html`<li>${name}: ${code}${field === undefined ? '' : ` (${field})`}, ${count} times</li>`)}
        </ul>
      </details>`
    }
  </section>`;
}

function statisticsTable({ baseline, candidate, statistics }: Comparison): Markup {
  const headings = ['statistic', baseline.arm, candidate.arm, 'difference', '95 % interval', 'n'];
  return numbersTable({
    label: 'Statistics',
    headings,
    rows: Object.entries(statistics).map(([name, statistic]) => tableRow(name, statistic)),
  });
}

function tableRow(name: string, statistic: ComparedStatistic): Markup {
  const { baseline, candidate, difference, interval, n, became } = statisticRow(statistic);
  const cell = (text: string): Markup => html`<td>${text === '' ? missing : text}</td>`;
  return html`<tr class="${became ?? ''}">
    <th scope="row">${name}</th>
    ${[baseline, candidate, became === undefined ? difference : `${difference} ${became}`, interval, n].map(cell)}
  </tr> `;
}
