import type { Arm, AskOptions, AskRequest } from '../arms/arm.ts';
import { messageOf } from '../base/errors.ts';
import type { Answer } from '../scoring/answer.ts';
import { onAbort } from '../base/on-abort.ts';
import { pause } from '../base/pause.ts';

export interface RetryPolicy {
  readonly timeoutSeconds: number;
  /** Attempts after the first, for faults. */
  readonly retries: number;
  /** Aborted: let go of the call under way. */
  readonly stop: AbortSignal;
  readonly wantsErrorBody?: boolean;
}

/** What came of a call after its retries and its waits for a 429. */
export interface Asked {
  readonly answer: Answer;
  readonly retried: boolean;
  /** Waits that a 429 asked for. */
  readonly paced: number;
}

/** Asks one arm one call after the other, each within its time limit whatever the arm does. */
export interface Asker {
  /** Asks once, and again where the settings or a 429 want it. `undefined` when it was stopped: the call was not had. */
  ask(request: AskRequest): Promise<Asked | undefined>;
  close(): void;
}

const maxWaits = 3;
const longestWaitSeconds = 10;
const waitWithoutWordSeconds = 1;
const firstBackoffSeconds = 0.25;
const longestBackoffSeconds = 5;

/** An asker for one call at a time; more of them ask side by side. */
export function createAsker(arm: Arm, retry: RetryPolicy): Asker {
  const attempts = createAttempts(arm, retry);
  return { ask: (request) => askWithRetries(attempts, request, retry), close: attempts.close };
}

async function askWithRetries(
  { attempt }: Attempts,
  request: AskRequest,
  { retries, stop }: RetryPolicy,
): Promise<Asked | undefined> {
  let paced = 0;
  let tries = 0;
  for (;;) {
    const answer = await attempt(request);
    if (answer === undefined) return undefined;
    if (answer.outcome === 'status' && answer.status === 429 && paced < maxWaits) {
      paced += 1;
      await pause(Math.min(answer.retryAfterSeconds ?? waitWithoutWordSeconds, longestWaitSeconds), stop);
    } else if (answer.outcome !== 'ok' && tries < retries) {
      tries += 1;
      await pause(Math.min(firstBackoffSeconds * 2 ** (tries - 1), longestBackoffSeconds), stop);
    } else {
      return { answer, retried: tries > 0, paced };
    }
    if (stop.aborted) return undefined;
  }
}

interface Attempts {
  attempt(request: AskRequest): Promise<Answer | undefined>;
  close(): void;
}

/** One controller serves all attempts until it is aborted: making one, and listening to `stop`, costs a tenth of a fast call. */
function createAttempts(arm: Arm, { timeoutSeconds, stop, wantsErrorBody = false }: RetryPolicy): Attempts {
  let controller = new AbortController();
  let settle: (answer: Answer | undefined) => void = () => undefined;
  const cutShort = (answer: Answer | undefined): void => {
    settle(answer);
    controller.abort();
    controller = new AbortController();
  };
  const stopped = (): void => cutShort(undefined);
  const forget = onAbort(stop, stopped);
  const timedOut = (): void =>
    cutShort({ outcome: 'timeout', message: `no complete response within ${timeoutSeconds} s` });
  return {
    async attempt(request) {
      if (stop.aborted) return undefined;
      const timer = setTimeout(timedOut, timeoutSeconds * 1000);
      const answer = await new Promise<Answer | undefined>((resolve) => {
        settle = resolve;
        void asked(arm, request, { signal: controller.signal, wantsErrorBody }).then(resolve);
      });
      clearTimeout(timer);
      return answer;
    },
    close: forget,
  };
}

async function asked(arm: Arm, request: AskRequest, options: AskOptions): Promise<Answer> {
  try {
    return await arm.ask(request, options);
  } catch (error) {
    return { outcome: 'network', message: `the arm threw: ${messageOf(error)}` };
  }
}
