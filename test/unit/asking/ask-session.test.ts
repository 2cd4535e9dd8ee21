import { expect, test } from 'vitest';
import { callKey, idempotencyKey } from '../../../src/plan/call-key.ts';
import { inFolder, jsonLines } from '../../support/cli.ts';
import { answered, askAll, fault, memberOf, scriptedArm } from '../../support/scripted-arm.ts';
import { clock } from '../../support/clock.ts';

test('asks the cells in the plan’s shuffled order, the same for both arms', () =>
  inFolder(async (folder) => {
    const [blue, green] = [scriptedArm('blue'), scriptedArm('green')];
    const { runs, ends } = await askAll(folder, [
      memberOf(blue, { concurrency: 1 }),
      memberOf(green, { concurrency: 1 }),
    ]);
    expect(ends).toEqual(['complete', 'complete']);
    const { plan } = runs[0]!;
    const planned = Array.from(plan.order, (index) => plan.cell(index)).map(
      ({ text, seed }) => `${text} ${seed}`,
    );
    for (const arm of [blue, green])
      expect(arm.asked.map(({ question, seed }) => `${question} ${seed}`)).toEqual(planned);
  }));

test('keeps two arms near each other, however fast one of them is', () =>
  inFolder(async (folder) => {
    let widest = 0;
    const blue = scriptedArm('blue', (request) => {
      widest = Math.max(widest, blue.asked.length - green.asked.length);
      return answered(request);
    });
    const green = scriptedArm('green', async (request) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      return answered(request);
    });
    await askAll(folder, [memberOf(blue, { concurrency: 2 }), memberOf(green, { concurrency: 1 })], {
      questions: 10,
    });
    expect([blue.asked.length, green.asked.length]).toEqual([80, 80]);
    expect(widest).toBeLessThanOrEqual(8 * 2 + 2);
  }));

test('never has more calls under way than the arm’s concurrency', () =>
  inFolder(async (folder) => {
    let [now, most] = [0, 0];
    const blue = scriptedArm('blue', async (request) => {
      most = Math.max(most, (now += 1));
      await new Promise((resolve) => setTimeout(resolve, 1));
      now -= 1;
      return answered(request);
    });
    await askAll(folder, [memberOf(blue, { concurrency: 3 })]);
    expect(most).toBe(3);
  }));

test('the idempotency key is the SHA-256 of run id and key, the key that of question, text, seed and arm', () =>
  inFolder(async (folder) => {
    const blue = scriptedArm('blue');
    const { runs } = await askAll(folder, [memberOf(blue)], { questions: 1 });
    const calls = await jsonLines(runs[0]!.folder.calls);
    for (const request of blue.asked) {
      const key = callKey({
        questionId: request.question_id,
        phrasingText: request.question,
        seed: request.seed,
        arm: 'blue',
      });
      expect(request.idempotency_key).toBe(idempotencyKey(runs[0]!.file.id, key));
      const call = calls.find((line) => line['key'] === key);
      expect(request.traceparent).toMatch(
        new RegExp(`^00-${String(call?.['trace_id'])}-[0-9a-f]{16}-01$`, 'u'),
      );
    }
  }));

test('a call that needed a retry counts as retried and has no latency; without retries nothing is asked twice', () =>
  inFolder(async (folder) => {
    const attempts = new Map<string, number>();
    const flaky = scriptedArm('blue', (request) => {
      const tries = (attempts.get(request.idempotency_key) ?? 0) + 1;
      attempts.set(request.idempotency_key, tries);
      return request.seed === 1 && tries === 1 ? fault(503) : answered(request);
    });
    const { runs } = await askAll(folder, [memberOf(flaky, { retries: 1 })], { questions: 1 });
    const calls = await jsonLines(runs[0]!.folder.calls);
    for (const { seed, retried, outcome, latency } of calls as Record<string, any>[])
      expect([retried, outcome, latency === undefined]).toEqual(
        seed === 1 ? [true, 'ok', true] : [false, 'ok', false],
      );
    const never = scriptedArm('green', () => fault(503));
    await askAll(folder, [memberOf(never)], { questions: 1 });
    expect(never.asked).toHaveLength(8);
  }));

test('after the last retry the last attempt’s outcome stands', () =>
  inFolder(async (folder) => {
    let tries = 0;
    const arm = scriptedArm('blue', () => fault(500 + (tries++ % 3)));
    const { runs } = await askAll(folder, [memberOf(arm, { retries: 2, concurrency: 1, abortAfter: 1 })], {
      questions: 1,
    });
    expect((await jsonLines(runs[0]!.folder.calls)).map(({ status, retried }) => [status, retried])).toEqual([
      [502, true],
    ]);
  }));

test('waits for a 429 three times at most, as long as it says, and counts the waits', () =>
  inFolder(async (folder) => {
    const arm = scriptedArm('blue', () => ({
      outcome: 'status',
      status: 429,
      message: 'slow down',
      retryAfterSeconds: 0,
    }));
    const { runs } = await askAll(folder, [memberOf(arm, { concurrency: 8 })], { questions: 1 });
    const calls = await jsonLines(runs[0]!.folder.calls);
    expect(arm.asked).toHaveLength(32);
    expect(calls.map(({ outcome, status, paced, retried }) => [outcome, status, paced, retried])).toEqual(
      calls.map(() => ['status', 429, 3, false]),
    );
  }));

test('20 faults in a row by completion end an arm, and a success between starts the count anew', () =>
  inFolder(async (folder) => {
    let count = 0;
    const arm = scriptedArm('blue', (request) => (++count === 15 ? answered(request) : fault()));
    const { runs, ends } = await askAll(folder, [memberOf(arm, { concurrency: 1 })], { questions: 10 });
    expect([ends[0], (await jsonLines(runs[0]!.folder.calls)).length]).toEqual(['aborted', 35]);
  }));

test('an arm that is gone stays gone, even when a call that was under way succeeds', () =>
  inFolder(async (folder) => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const arm = scriptedArm('blue', async (request) => {
      if (arm.asked.length > 1) return fault();
      await held;
      return answered(request);
    });
    let calls = 0;
    const onCall = (): void => {
      calls += 1;
      if (calls === 3) release();
    };
    const { ends } = await askAll(folder, [memberOf(arm, { concurrency: 2, abortAfter: 3 })], {
      questions: 2,
      onCall,
    });
    expect([ends[0], arm.asked.length]).toEqual(['aborted', 4]);
  }));

test('one arm that is gone holds up nobody, and what it answered is kept', () =>
  inFolder(async (folder) => {
    let count = 0;
    const [blue, green] = [
      scriptedArm('blue', (request) => ((count += 1) < 5 ? answered(request) : fault())),
      scriptedArm('green'),
    ];
    const members = [memberOf(blue, { concurrency: 1 }), memberOf(green, { concurrency: 1 })];
    const { runs, ends } = await askAll(folder, members, { questions: 20 });
    expect(ends).toEqual(['aborted', 'complete']);
    expect(green.asked).toHaveLength(160);
    expect((await jsonLines(runs[0]!.folder.calls)).filter(({ outcome }) => outcome === 'ok')).toHaveLength(
      4,
    );
  }));

test('an arm that never answers runs into its time limit, whatever it does with the signal', () =>
  inFolder(async (folder) => {
    let aborted = 0;
    const deaf = scriptedArm('blue', (_, { signal }) => {
      signal.addEventListener('abort', () => (aborted += 1));
      return new Promise(() => undefined);
    });
    const { runs } = await askAll(folder, [memberOf(deaf, { timeoutSeconds: 0.05, concurrency: 8 })], {
      questions: 1,
    });
    const calls = await jsonLines(runs[0]!.folder.calls);
    expect(calls.map(({ outcome, latency }) => [outcome, latency])).toEqual(
      calls.map(() => ['timeout', undefined]),
    );
    expect([calls.length, aborted]).toEqual([8, 8]);
  }));

test('an arm that throws has faulted; the run goes on', () =>
  inFolder(async (folder) => {
    const arm = scriptedArm('blue', (request) => {
      if (request.seed === 2) throw new TypeError('no such thing');
      return answered(request);
    });
    const { runs, ends } = await askAll(folder, [memberOf(arm)], { questions: 1 });
    const outcomes = (await jsonLines(runs[0]!.folder.calls)).map(({ outcome }) => outcome as string).sort();
    expect([ends[0], outcomes]).toEqual(['complete', [...Array(4).fill('network'), ...Array(4).fill('ok')]]);
  }));

test('with a rate, latency counts from when a call was due, and time and latency together never lie in the future', () =>
  inFolder(async (folder) => {
    const slow = scriptedArm('blue', async (request) => {
      const sent = clock.monotonic();
      await new Promise((resolve) => setTimeout(resolve, 100));
      return { ...answered(request), timing: { sent, received: clock.monotonic() } };
    });
    const { runs } = await askAll(folder, [memberOf(slow, { concurrency: 1, rate: 1000 })], { questions: 1 });
    const now = Date.now();
    const calls = (await jsonLines(runs[0]!.folder.calls)) as { at: string; latency: { total: number } }[];
    // Eight calls of 100 ms, one after the other, all due in the first 7 ms: the last one waited for seven others.
    expect(calls.at(-1)!.latency.total).toBeGreaterThan(0.7);
    for (const { at, latency } of calls)
      expect(Date.parse(at) + 1000 * latency.total).toBeLessThanOrEqual(now + 5);
  }));

test('without a rate, latency is the call’s own, however long it waited for its turn', () =>
  inFolder(async (folder) => {
    const arm = scriptedArm('blue', async (request) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return answered(request);
    });
    const { runs } = await askAll(folder, [memberOf(arm, { concurrency: 1 })], { questions: 1 });
    for (const call of await jsonLines(runs[0]!.folder.calls))
      expect(call['latency'].total).toBeCloseTo(0.001, 6);
  }));

test('a clock that jumps back and forth changes times, never latencies', () =>
  inFolder(async (folder) => {
    let jump = 0;
    const jumping = {
      now: () => Date.now() + (jump++ % 2 === 0 ? 1 : -1) * 3_600_000,
      monotonic: clock.monotonic,
    };
    const { runs, ends } = await askAll(folder, [memberOf(scriptedArm('blue'))], {
      questions: 1,
      clock: jumping,
    });
    const calls = await jsonLines(runs[0]!.folder.calls);
    expect([ends[0], calls.length]).toEqual(['complete', 8]);
    for (const call of calls) expect(call['latency'].total).toBeCloseTo(0.001, 6);
  }));

test('warm-up questions have keys of their own and stand in no record', () =>
  inFolder(async (folder) => {
    const arm = scriptedArm('blue');
    const { runs } = await askAll(folder, [memberOf(arm)], { questions: 3, warmup: 2 });
    expect(arm.asked).toHaveLength(26);
    expect(new Set(arm.asked.map(({ idempotency_key }) => idempotency_key)).size).toBe(26);
    const warm = arm.asked.slice(0, 2);
    expect(new Set(warm.map(({ question_id }) => question_id)).size).toBe(2);
    expect(await jsonLines(runs[0]!.folder.calls)).toHaveLength(24);
  }));

test('told to stop asking it finishes what is under way and keeps it; told to stop now it lets go', () =>
  inFolder(async (folder) => {
    const [asking, now] = [new AbortController(), new AbortController()];
    const arm = scriptedArm('blue', async (request) => {
      if (arm.asked.length === 3) asking.abort();
      await new Promise((resolve) => setTimeout(resolve, 5));
      return answered(request);
    });
    const first = await askAll(folder, [memberOf(arm, { concurrency: 3 })], { stopAsking: asking.signal });
    expect([first.ends[0], arm.asked.length, (await jsonLines(first.runs[0]!.folder.calls)).length]).toEqual([
      'interrupted',
      3,
      3,
    ]);

    const deaf = scriptedArm('green', (request) => {
      if (deaf.asked.length <= 2) return answered(request);
      if (deaf.asked.length === 4) setTimeout(() => now.abort(), 1);
      return new Promise(() => undefined);
    });
    const second = await askAll(folder, [memberOf(deaf, { concurrency: 2 })], {
      stopAsking: now.signal,
      stopNow: now.signal,
    });
    expect([second.ends[0], (await jsonLines(second.runs[0]!.folder.calls)).length]).toEqual([
      'interrupted',
      2,
    ]);
  }));
