import { expect, test } from 'vitest';
import { paintFor } from '../../../../src/reports/terminal/paint.ts';
import { createProgress, durationText } from '../../../../src/reports/terminal/progress.ts';

function watched(
  bar: boolean,
  quiet = false,
): { text: () => string; call: (seconds: number, faulted?: boolean) => void; end: () => void } {
  let text = '';
  let now = 100;
  const sink = { write: (more: string) => void (text += more), isTerminal: bar, columns: 100 };
  const progress = createProgress({
    sink,
    clock: { now: () => 0, monotonic: () => now },
    total: 10,
    quiet,
    bar,
  });
  return {
    text: () => text,
    call: (seconds, faulted = false) => {
      now += seconds;
      progress.onCall({ arm: 'blue', faulted });
    },
    end: progress.end,
  };
}

test('without a terminal there is a line every few seconds with calls done, rate, faults and the time left', () => {
  const progress = watched(false);
  for (const faulted of [false, true, false, false, false]) progress.call(1, faulted);
  progress.end();
  expect(progress.text()).toBe('████████████░░░░░░░░░░░░ 5/10 calls, 1/s, 1 faults, 5 s left\n');
});

test('on a terminal the bar is drawn in place, ten times a second at most, and taken away at the end', () => {
  const progress = watched(true);
  for (let call = 0; call < 10; call += 1) progress.call(0.0625);
  progress.end();
  const drawn = progress.text().split('\r\u001B[2K').slice(1);
  expect(drawn.length).toBe(6);
  expect([drawn.at(-2)?.includes('10/10 calls'), drawn.at(-1)]).toEqual([true, '']);
  expect(progress.text()).not.toContain('\n');
});

test('quiet says nothing', () => {
  const progress = watched(true, true);
  progress.call(60);
  progress.end();
  expect(progress.text()).toBe('');
});

test.each([
  [0, '0 s'],
  [59.4, '59 s'],
  [59.6, '1 min 0 s'],
  [185, '3 min 5 s'],
  [7800, '2 h 10 min'],
])('%d seconds are %s', (seconds, text) => {
  expect(durationText(seconds)).toBe(text);
});

test.each([
  [true, {}, true],
  [false, {}, false],
  [true, { NO_COLOR: '1' }, false],
  [true, { NO_COLOR: '' }, true],
  [true, { TERM: 'dumb' }, false],
])('terminal %s with %j: colours %s', (isTerminal, environment, coloured) => {
  const paint = paintFor({ isTerminal, columns: 80, write: () => undefined }, environment);
  expect(paint.red('x') !== 'x').toBe(coloured);
});
