import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { amtool, both, missing, ran } from '../support/promtool.ts';

const rules = 'grafana/prometheus/flipgate.rules.yml';
const ruleTests = readdirSync(new URL('../../grafana/prometheus/tests', import.meta.url)).sort();

describe.each(both('promtool'))('$name', (promtool) => {
  const skipped = missing(promtool);

  test.skipIf(skipped)('finds no fault in the rules', () => {
    expect(ran(promtool, ['check', 'rules', '--lint=all', '--lint-fatal', rules])).toMatchObject({ code: 0 });
  });

  test.skipIf(skipped)('accepts the configuration', () => {
    expect(ran(promtool, ['check', 'config', 'grafana/prometheus/prometheus.yml'])).toMatchObject({
      code: 0,
    });
  });

  test.skipIf(skipped).each(ruleTests)('finds that the rules do what %s says', (name) => {
    const { code, output } = ran(promtool, ['test', 'rules', `grafana/prometheus/tests/${name}`]);
    expect(output).toContain('SUCCESS');
    expect(code).toBe(0);
  });
});

test.skipIf(missing(amtool))('Alertmanager accepts its configuration', () => {
  expect(ran(amtool, ['check-config', 'grafana/alertmanager/alertmanager.yml'])).toMatchObject({ code: 0 });
});
