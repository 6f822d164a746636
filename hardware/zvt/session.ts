import type { Socket } from 'node:net';
import { err, ok, type Result } from '../../shared/result.ts';
import { type Apdu, ApduSplitter, COMMAND, encodeApdu, REFUSED_CLASS } from './apdu.ts';

/** PA00P015 gives either side five seconds to say "understood". */
const ACKNOWLEDGE_MS_MAX = 5_000;

export type ExchangeFailure =
  /** The terminal refused the command: nothing came of it. */
  | { code: 'refused'; error: number }
  /** The command left, and nobody knows what came of it. */
  | { code: 'lost'; detail: string };

/** What the terminal said between a command and its end. */
export interface Exchange {
  end: 'completion' | 'abort';
  /** Data of the message that ended it. */
  data: Uint8Array;
  /** Data of the last status information, if one came. */
  status: Uint8Array | null;
}

interface Running {
  onAcknowledged(): void;
  onMessage(apdu: Apdu): void;
  fail(failure: ExchangeFailure): void;
}

/** One connection to a terminal: one command at a time, every message of the terminal acknowledged at once. */
export class ZvtSession {
  readonly #socket: Socket;
  readonly #splitter = new ApduSplitter();
  #running: Running | null = null;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => {
      for (const apdu of this.#splitter.push(chunk)) this.#take(apdu);
    });
    socket.on('error', () => {});
    socket.on('close', () => this.#running?.fail({ code: 'lost', detail: 'The connection was lost.' }));
  }

  /** Sends a command and listens until the terminal ends it or says nothing for `silenceMs`. */
  exchange(command: number, data: number[], silenceMs: number): Promise<Result<Exchange, ExchangeFailure>> {
    if (this.#running !== null) throw new Error('a terminal takes one command at a time');
    if (this.#socket.destroyed) return Promise.resolve(err({ code: 'lost', detail: 'Not connected.' }));
    return new Promise((resolve) => {
      let status: Uint8Array | null = null;
      let timer: NodeJS.Timeout;
      const finish = (outcome: Result<Exchange, ExchangeFailure>): void => {
        clearTimeout(timer);
        this.#running = null;
        resolve(outcome);
      };
      const expect = (ms: number, detail: string): void => {
        clearTimeout(timer);
        timer = setTimeout(() => finish(err({ code: 'lost', detail })), ms);
      };
      expect(ACKNOWLEDGE_MS_MAX, 'The terminal did not answer.');
      const silent = (): void => expect(silenceMs, 'The terminal fell silent.');
      this.#running = {
        onAcknowledged: silent,
        onMessage: (apdu) => {
          silent();
          if (apdu.command === COMMAND.status_information) status = apdu.data;
          else if (apdu.command === COMMAND.completion)
            finish(ok({ end: 'completion', data: apdu.data, status }));
          else if (apdu.command === COMMAND.abort) finish(ok({ end: 'abort', data: apdu.data, status }));
        },
        fail: (failure) => finish(err(failure)),
      };
      this.#send(command, data);
    });
  }

  /** Asks the terminal to end what waits for a card; how it ended is said to the running exchange. */
  abort(): void {
    if (this.#running !== null) this.#send(COMMAND.abort_by_register, []);
  }

  end(): void {
    this.#socket.destroy();
  }

  #send(command: number, data: number[]): void {
    this.#socket.write(encodeApdu({ command, data: Uint8Array.from(data) }));
  }

  #take(apdu: Apdu): void {
    if (apdu.command === COMMAND.acknowledge) this.#running?.onAcknowledged();
    else if (apdu.command >> 8 === REFUSED_CLASS)
      this.#running?.fail({ code: 'refused', error: apdu.command & 0xff });
    else {
      this.#send(COMMAND.acknowledge, []);
      this.#running?.onMessage(apdu);
    }
  }
}
