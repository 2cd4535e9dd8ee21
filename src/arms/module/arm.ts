import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { onAbort } from '../../base/on-abort.ts';
import { codeOf, messageOf, UserError } from '../../base/errors.ts';
import type { Answer } from '../../scoring/answer.ts';
import type { Arm, AskOptions, AskRequest } from '../arm.ts';
import type { ArmContext } from '../context.ts';
import type { ModuleSettings } from './settings.ts';
import { parseResponse } from '../response/parse-response.ts';

interface LoadedModule {
  readonly ask: (request: AskRequest, options: AskOptions) => unknown;
  readonly close: (() => unknown) | undefined;
}

/**
 * Loads a module that exports `ask(request, { signal })`, and `close()` if it has something to release. What `ask` throws is a `network`
 * fault. Throws a `UserError` where the module cannot be loaded or exports no `ask`.
 */
export async function openModule(settings: ModuleSettings, context: ArmContext): Promise<Arm> {
  const loaded = await load(path.resolve(context.workingDirectory, settings.module), context.name);
  return {
    name: context.name,
    kind: settings.kind,
    ask: (request, options) => untilGivenUp(loaded, { request, options, context }),
    close: async () => {
      await loaded.close?.();
    },
  };
}

interface ModuleCall {
  readonly request: AskRequest;
  readonly options: AskOptions;
  readonly context: ArmContext;
}

/** Gives the module a signal of this call alone: what it leaves on it is gone with the call, and one for many calls would gather it. */
function untilGivenUp(loaded: LoadedModule, call: ModuleCall): Promise<Answer> {
  const { options } = call;
  const own = new AbortController();
  return new Promise((resolve) => {
    const giveUp = (): void => {
      resolve({ outcome: 'network', message: 'given up before the response was complete' });
      own.abort(options.signal.reason);
    };
    if (options.signal.aborted) return giveUp();
    const forget = onAbort(options.signal, giveUp);
    void askModule(loaded, { ...call, options: { ...options, signal: own.signal } })
      .finally(forget)
      .then(resolve);
  });
}

async function askModule({ ask }: LoadedModule, { request, options, context }: ModuleCall): Promise<Answer> {
  const sent = context.clock.monotonic();
  try {
    const value = await ask(request, options);
    const received = context.clock.monotonic();
    const parsed = parseResponse(value, context.redact);
    if (!parsed.ok) return { outcome: 'shape', message: parsed.message };
    return {
      outcome: 'ok',
      timing: { sent, received },
      response: parsed.response,
      findings: parsed.findings,
    };
  } catch (error) {
    return { outcome: 'network', message: context.redact(`module threw: ${messageOf(error)}`) };
  }
}

async function load(file: string, arm: string): Promise<LoadedModule> {
  const exported = await imported(file, arm);
  const ask = exported['ask'];
  const close = exported['close'];
  if (!isCallable(ask)) {
    throw new UserError(`module "${file}" of arm "${arm}" exports no function "ask"`, {
      hint: 'export async function ask(request, { signal }) { … }',
    });
  }
  return {
    ask: (request, options) => ask(request, options),
    close: isCallable(close) ? () => close() : undefined,
  };
}

function isCallable(value: unknown): value is (...given: readonly unknown[]) => unknown {
  return typeof value === 'function';
}

async function imported(file: string, arm: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>; // a module's exports
  } catch (error) {
    if (codeOf(error) === 'ERR_UNKNOWN_FILE_EXTENSION') {
      throw new UserError(`module "${file}" of arm "${arm}" is TypeScript, which this Node does not run`, {
        hint: 'use Node 22.18 or newer, or compile it to JavaScript',
        cause: error,
      });
    }
    throw new UserError(`module "${file}" of arm "${arm}" cannot be loaded: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
