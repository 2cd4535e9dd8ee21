import type { Clock, Sink } from '../../base/world.ts';

/** Shows how far the asking is: a bar on a terminal, a line every few seconds elsewhere. */
export interface Progress {
  onCall(call: { arm: string; faulted: boolean }): void;
  /** A sentence of its own line, between two states of the bar. */
  say(text: string): void;
  end(): void;
}

export interface ProgressOptions {
  readonly sink: Sink;
  readonly clock: Clock;
  readonly total: number;
  readonly quiet: boolean;
  /** A bar that is drawn again and again, instead of lines. */
  readonly bar: boolean;
}

const redrawSeconds = 0.1;
const lineSeconds = 5;
const barWidth = 24;

/** Starts showing progress over `total` calls. */
export function createProgress({ sink, clock, total, quiet, bar }: ProgressOptions): Progress {
  const started = clock.monotonic();
  const state = { done: 0, faults: 0, shownAt: started };
  const show = (): void => {
    state.shownAt = clock.monotonic();
    const text = lineOf(state, total, clock.monotonic() - started);
    sink.write(bar ? `\r\u001B[2K${text}` : `${text}\n`);
  };
  const clear = (): void => {
    if (bar && !quiet) sink.write('\r\u001B[2K');
  };
  return {
    onCall({ faulted }) {
      state.done += 1;
      if (faulted) state.faults += 1;
      if (!quiet && clock.monotonic() - state.shownAt >= (bar ? redrawSeconds : lineSeconds)) show();
    },
    say(text) {
      clear();
      if (!quiet) sink.write(`${text}\n`);
    },
    end: clear,
  };
}

function lineOf(state: { done: number; faults: number }, total: number, seconds: number): string {
  const share = total === 0 ? 1 : state.done / total;
  const filled = Math.round(share * barWidth);
  const rate = seconds > 0 ? state.done / seconds : 0;
  const left = rate > 0 ? durationText((total - state.done) / rate) : '?';
  return `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)} ${state.done}/${total} calls, ${rate.toFixed(0)}/s, ${state.faults} faults, ${left} left`;
}

/** `41 s`, `3 min 5 s`, `2 h 10 min`. */
export function durationText(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
