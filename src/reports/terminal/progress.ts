import type { Clock, Sink, World } from '../../base/world.ts';

/** Shows how far the asking is: a bar on a terminal, a line every few seconds elsewhere. */
export interface Progress {
  onCall(call: { arm: string; faulted: boolean }): void;
  /** A sentence of its own line, between two states of the bar. */
  say(text: string): void;
  end(): void;
}

/** Where progress is shown, and how. */
export interface ProgressSink {
  readonly sink: Sink;
  readonly clock: Clock;
  readonly quiet: boolean;
  /** A bar that is drawn again and again, instead of lines. */
  readonly bar: boolean;
}

export interface ProgressOptions extends ProgressSink {
  readonly total: number;
}

/** Progress on stderr: a bar on a person's terminal. */
export function progressSink({ stderr, clock, environment }: World, quiet: boolean): ProgressSink {
  const bar = stderr.isTerminal && (environment['CI'] ?? '') === '';
  return { sink: stderr, clock, quiet, bar };
}

const redrawSeconds = 0.1;
const lineSeconds = 5;
const barWidth = 24;

/** Starts showing progress over `total` calls. */
export function createProgress({ total, ...shownOn }: ProgressOptions): Progress {
  const state = { done: 0, faults: 0 };
  const display = createDisplay(shownOn, (seconds) => lineOf(state, total, seconds));
  return {
    onCall({ faulted }) {
      state.done += 1;
      if (faulted) state.faults += 1;
      display.changed();
    },
    say(text) {
      display.clear();
      if (!shownOn.quiet) shownOn.sink.write(`${text}\n`);
    },
    end: display.clear,
  };
}

/** Shows how far the scoring of an arm's run is. */
export interface ScoringProgress {
  /** `share` of the work that is done, 0 to 1. */
  onProgress(share: number): void;
  end(): void;
}

/** Says that the scoring begins, and shows how far it is. */
export function createScoringProgress(arm: string, shownOn: ProgressSink): ScoringProgress {
  let done = 0;
  const display = createDisplay(shownOn, (seconds) => {
    const left = done > 0 ? durationText((seconds / done) * (1 - done)) : '?';
    return `scoring ${arm} ${barText(done)} ${Math.floor(100 * done)} %, ${left} left`;
  });
  if (!shownOn.quiet) shownOn.sink.write(`scoring ${arm}\n`);
  return {
    onProgress(share) {
      done = share;
      display.changed();
    },
    end: display.clear,
  };
}

interface Display {
  /** Shows the state if it was not shown lately. */
  changed(): void;
  clear(): void;
}

function createDisplay(
  { sink, clock, quiet, bar }: ProgressSink,
  textOf: (seconds: number) => string,
): Display {
  const started = clock.monotonic();
  let shownAt = started;
  return {
    changed() {
      const now = clock.monotonic();
      if (quiet || now - shownAt < (bar ? redrawSeconds : lineSeconds)) return;
      shownAt = now;
      const text = textOf(now - started);
      sink.write(bar ? `\r\u001B[2K${text}` : `${text}\n`);
    },
    clear() {
      if (bar && !quiet) sink.write('\r\u001B[2K');
    },
  };
}

function lineOf(state: { done: number; faults: number }, total: number, seconds: number): string {
  const share = total === 0 ? 1 : state.done / total;
  const rate = seconds > 0 ? state.done / seconds : 0;
  const left = rate > 0 ? durationText((total - state.done) / rate) : '?';
  return `${barText(share)} ${state.done}/${total} calls, ${rate.toFixed(0)}/s, ${state.faults} faults, ${left} left`;
}

function barText(share: number): string {
  const filled = Math.round(share * barWidth);
  return `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`;
}

/** `41 s`, `3 min 5 s`, `2 h 10 min`. */
export function durationText(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
