import path from 'node:path';
import { onAbort } from '../../base/on-abort.ts';
import type { Answer, Fault, Timing } from '../../scoring/answer.ts';
import type { Arm, AskRequest } from '../arm.ts';
import { CommandProcess } from './program.ts';
import type { EndReason } from './program.ts';
import type { CommandSettings } from './settings.ts';
import type { ArmContext } from '../context.ts';
import { parseJson } from '../json-text.ts';
import { parseResponse } from '../response/parse-response.ts';

interface Pending {
  readonly id: string;
  readonly sent: number;
  readonly settle: (answer: Answer) => void;
}

const maxStartsWithoutAnswer = 10;

/**
 * Opens a program as an arm; it is started at the first call. Each request is one line, `{"id", "question", "question_id", "phrasing", "seed",
 * "idempotency_key", "traceparent"}`; each response is one line in the contract's shape with the request's `id`, in any order. A program
 * that knows no ids may answer without them as long as one call at a time is under way; then it is restarted after a call that was given
 * up, because its late answer would be taken for the next one's.
 */
export function openCommand(settings: CommandSettings, context: ArmContext): Arm {
  const program = new Program(settings, context);
  return {
    name: context.name,
    kind: settings.kind,
    ask: (request, { signal }) => program.ask(request, signal),
    close: () => program.close(),
  };
}

class Program {
  readonly #settings: CommandSettings;
  readonly #context: ArmContext;
  readonly #pending = new Map<string, Pending>();
  readonly #stopping = new Set<Promise<void>>();
  #running: CommandProcess | undefined;
  #echoesIds = false;
  #startsWithoutAnswer = 0;
  #lastWords = '';
  #count = 0;

  constructor(settings: CommandSettings, context: ArmContext) {
    this.#settings = settings;
    this.#context = context;
  }

  async ask(request: AskRequest, signal: AbortSignal): Promise<Answer> {
    if (signal.aborted) return network('given up before it was sent');
    const running = this.#running ?? this.#start();
    if (running === undefined) {
      return network(
        `not started again after ${maxStartsWithoutAnswer} times without an answer: ${this.#lastWords}`,
      );
    }
    this.#count += 1;
    const id = String(this.#count);
    return new Promise((resolve) => {
      const giveUp = (): void => this.#giveUp(id);
      const settle = (answer: Answer): void => {
        if (!this.#pending.delete(id)) return;
        forget();
        resolve(answer);
      };
      const forget = onAbort(signal, giveUp);
      const line = JSON.stringify({ id, ...request });
      this.#pending.set(id, { id, sent: this.#context.clock.monotonic(), settle });
      running.send(line);
    });
  }

  async close(): Promise<void> {
    this.#stop();
    await Promise.all(this.#stopping);
  }

  #start(): CommandProcess | undefined {
    if (this.#startsWithoutAnswer >= maxStartsWithoutAnswer) return undefined;
    this.#startsWithoutAnswer += 1;
    const place = {
      command: this.#settings.command,
      workingDirectory: path.resolve(this.#context.workingDirectory, this.#settings.workingDirectory ?? '.'),
      environment: { ...this.#context.environment, ...this.#settings.environment },
      maxLineBytes: this.#context.maxResponseBytes,
      redact: this.#context.redact,
    };
    const started: CommandProcess = new CommandProcess(place, {
      onLine: (line) => {
        if (this.#running === started) this.#read(line);
      },
      onEnd: (reason) => this.#ended(started, reason),
    });
    this.#running = started;
    return started;
  }

  #stop(): void {
    const running = this.#running;
    this.#running = undefined;
    if (running === undefined) return;
    this.#failAll('network', 'the program was stopped');
    const stopping: Promise<void> = running.stop().finally(() => this.#stopping.delete(stopping));
    this.#stopping.add(stopping);
  }

  #giveUp(id: string): void {
    this.#pending.get(id)?.settle(network('given up before the response was complete'));
    if (!this.#echoesIds) this.#stop();
  }

  #ended(ended: CommandProcess, reason: EndReason): void {
    this.#lastWords = this.#context.redact(reason.message);
    if (this.#running !== ended) return;
    this.#failAll(reason.kind === 'line too long' ? 'shape' : 'network', this.#lastWords);
    this.#stop();
  }

  #failAll(outcome: Fault, message: string): void {
    for (const pending of this.#pending.values()) pending.settle({ outcome, message });
  }

  #read(line: Buffer): void {
    const received = this.#context.clock.monotonic();
    if (line.length === 0) return;
    const json = parseJson(line);
    const id = json.ok ? idOf(json.value) : undefined;
    if (id !== undefined) this.#echoesIds = true;
    // A line without id is for the one call under way. With several nobody can say whose it was: theirs times out.
    const pending = id === undefined ? this.#only() : this.#pending.get(id);
    if (pending === undefined) return;
    pending.settle(
      json.ok
        ? this.#answerOf(json.value, id, { sent: pending.sent, received })
        : shape(`the line is ${json.message}`),
    );
  }

  #only(): Pending | undefined {
    return this.#pending.size === 1 ? [...this.#pending.values()][0] : undefined;
  }

  #answerOf(value: unknown, id: string | undefined, timing: Timing): Answer {
    if (id === undefined && this.#echoesIds) return shape('the response has no id, as earlier ones had');
    this.#startsWithoutAnswer = 0;
    const parsed = parseResponse(value, this.#context.redact);
    if (!parsed.ok) return shape(parsed.message);
    return { outcome: 'ok', timing, response: parsed.response, findings: parsed.findings };
  }
}

function shape(message: string): Answer {
  return { outcome: 'shape', message };
}

function network(message: string): Answer {
  return { outcome: 'network', message };
}

function idOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('id' in value)) return undefined;
  return typeof value.id === 'string' || typeof value.id === 'number' ? String(value.id) : undefined;
}
