import { Client } from 'undici';
import type { Clock } from '../../base/world.ts';
import { exchange } from './exchange.ts';
import type { ExchangeLimits } from './exchange.ts';
import type { Exchange, HttpRequest } from './messages.ts';

export interface TransportOptions {
  /** Bytes of a body, as sent, after which it is cut off. */
  readonly maxBodyBytes: number;
  /** Seconds that setting up a connection may take; the call's own time limit comes before it. */
  readonly connectSeconds: number;
  readonly clock: Clock;
}

/** What is wanted of one exchange. */
export type ExchangeWish = Pick<ExchangeLimits, 'signal' | 'maxErrorBytes'>;

/** One connection and what is known of its past. */
interface Slot {
  readonly client: Client;
  /** Responses that its present socket has brought. */
  served: number;
  idleSince: number;
}

/**
 * Idle connections are closed after this long: shorter than what servers keep them for (2 s at the least, by default), so that a request is
 * not written to a connection that the other side is closing. Setting up a new one is outside the measured time.
 */
const keepAliveMilliseconds = 1000;
/** After so long a pause the event loop gets a turn first, to hear of a connection that was closed meanwhile. */
const pauseSeconds = 0.02;
const maxHeaderBytes = 64 * 1024;
const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/**
 * Connections to one origin, one call at a time on each: nothing queues here, so a call's time is its own. A connection that saw a fault is
 * destroyed, never drained. Redirects are not followed, proxies are not used, no time limit is set but the caller's signal.
 *
 * A request on a kept-alive connection that was closed without a byte of a response is sent once more, on a new connection, if its method is
 * GET. Any other may have had its effect, so it stays a fault.
 */
export class HttpTransport {
  readonly #origin: string;
  /** Host and port. */
  readonly #address: string;
  readonly #options: TransportOptions;
  readonly #idle: Slot[] = [];
  readonly #slots = new Set<Slot>();

  constructor(origin: string, options: TransportOptions) {
    this.#origin = origin;
    this.#address = new URL(origin).host;
    this.#options = options;
  }

  /** One request and its whole response, or why there is none. Never rejects. */
  async exchange(request: HttpRequest, wish: ExchangeWish): Promise<Exchange> {
    const slot = await this.#take();
    const wasUsed = (): boolean => slot.served > 0;
    const first = await this.#run(slot, request, wish);
    const isStale =
      first.kind === 'fault' &&
      first.connection === 'closed without a byte' &&
      wasUsed() &&
      safeMethods.has(request.method);
    if (!isStale || wish.signal.aborted) return first;
    return this.#run(this.#open(), request, wish);
  }

  /** Destroys every connection; calls under way become faults. */
  async close(): Promise<void> {
    const slots = [...this.#slots];
    this.#slots.clear();
    this.#idle.length = 0;
    await Promise.all(slots.map((slot) => slot.client.destroy()));
  }

  async #run(slot: Slot, request: HttpRequest, wish: ExchangeWish): Promise<Exchange> {
    const result = await exchange(slot.client, request, {
      ...this.#options,
      ...wish,
      address: this.#address,
    });
    if (result.kind === 'response' && result.complete) this.#giveBack(slot);
    else this.#drop(slot);
    return result;
  }

  async #take(): Promise<Slot> {
    const slot = this.#idle.pop();
    if (slot === undefined) return this.#open();
    if (this.#options.clock.monotonic() - slot.idleSince > pauseSeconds)
      await new Promise((resolve) => setImmediate(resolve));
    return slot;
  }

  #open(): Slot {
    const client = new Client(this.#origin, {
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: keepAliveMilliseconds,
      keepAliveMaxTimeout: keepAliveMilliseconds,
      keepAliveTimeoutThreshold: 500,
      maxHeaderSize: maxHeaderBytes,
      connect: { timeout: this.#options.connectSeconds * 1000 },
    });
    const slot: Slot = { client, served: 0, idleSince: 0 };
    client.on('connect', () => {
      slot.served = 0;
    });
    this.#slots.add(slot);
    return slot;
  }

  #giveBack(slot: Slot): void {
    slot.served += 1;
    slot.idleSince = this.#options.clock.monotonic();
    if (this.#slots.has(slot)) this.#idle.push(slot);
  }

  #drop(slot: Slot): void {
    this.#slots.delete(slot);
    void slot.client.destroy();
  }
}
