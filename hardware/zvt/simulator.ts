import { createServer, type Server, type Socket } from 'node:net';
import { type Apdu, ApduSplitter, COMMAND, encodeApdu } from './apdu.ts';
import { bcdOf, numberOfBcd } from './bcd.ts';
import { FIELD, readBitmaps } from './bitmaps.ts';

const REGISTRATION_BYTES_MIN = 6;
const NOT_REGISTERED = 0x6b;
const ABORTED = 0x6c;
const DECLINED = 0x05;
const PROTOCOL_ERROR = 0x9a;

const DONE: Apdu = { command: COMMAND.completion, data: new Uint8Array(0) };

/** What the terminal does about a command: not accepted, or "understood" and then so many messages. */
type Answer = { refuse: number } | { say: Apdu[]; thenDrop?: boolean };

/** What the card and the bank behind the simulated terminal do with the next payments. */
export type CardPlan =
  | 'approve'
  | 'decline'
  /** Nobody presents a card until the register aborts. */
  | 'no_card'
  /** The bank charges, and the line to the register breaks before the register hears of it. */
  | 'charge_and_drop'
  /** The line breaks before the bank is asked. */
  | 'drop'
  /** Approves a smaller amount than was asked for. */
  | 'approve_less';

export interface ZvtSimulator {
  readonly port: number;
  /** What happens to every payment from now on. */
  plan(plan: CardPlan): void;
  /** Amounts that the bank charged, in minor units, oldest first. */
  charged(): readonly number[];
  registered(): boolean;
  /** Messages of the register as they came, for tests of the wire. */
  readonly heard: readonly Apdu[];
  close(): Promise<void>;
}

/** A simulated ZVT terminal on TCP: one register at a time, strict about what it is sent. */
export async function startZvtSimulator(options: { port: number; host?: string }): Promise<ZvtSimulator> {
  const simulator = new SimulatedTerminal();
  await simulator.listen(options.host ?? '127.0.0.1', options.port);
  return simulator;
}

class SimulatedTerminal implements ZvtSimulator {
  readonly heard: Apdu[] = [];
  readonly #server: Server;
  readonly #charged: number[] = [];
  #plan: CardPlan = 'approve';
  #line: Socket | null = null;
  #registered = false;
  #trace = 0;
  #last: { amount: number; trace: number } | null = null;
  /** What the register has to acknowledge before the terminal goes on. */
  #toSay: Apdu[] = [];
  #isWaitingForCard = false;

  constructor() {
    this.#server = createServer((socket) => this.#accept(socket));
  }

  listen(host: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => resolve());
    });
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  plan(plan: CardPlan): void {
    this.#plan = plan;
  }

  charged(): readonly number[] {
    return this.#charged;
  }

  registered(): boolean {
    return this.#registered;
  }

  close(): Promise<void> {
    this.#line?.destroy();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #accept(socket: Socket): void {
    this.#line?.destroy();
    this.#line = socket;
    this.#registered = false;
    this.#toSay = [];
    this.#isWaitingForCard = false;
    const splitter = new ApduSplitter();
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      for (const apdu of splitter.push(chunk)) this.#take(apdu);
    });
  }

  #take(apdu: Apdu): void {
    this.heard.push(apdu);
    if (apdu.command === COMMAND.acknowledge) this.#sayNext();
    else this.#give(this.#answer(apdu));
  }

  #answer({ command, data }: Apdu): Answer {
    if (command === COMMAND.registration) return this.#register(data);
    if (!this.#registered) return { refuse: NOT_REGISTERED };
    if (command === COMMAND.authorisation) return this.#authorise(data);
    if (command === COMMAND.repeat_receipt) return this.#repeat();
    if (command !== COMMAND.abort_by_register || !this.#isWaitingForCard) return { refuse: PROTOCOL_ERROR };
    this.#isWaitingForCard = false;
    return { say: [{ command: COMMAND.abort, data: Uint8Array.of(ABORTED) }] };
  }

  #register(data: Uint8Array): Answer {
    const password = numberOfBcd(data.slice(0, 3));
    if (data.length < REGISTRATION_BYTES_MIN || password !== 0) return { refuse: PROTOCOL_ERROR };
    this.#registered = true;
    return { say: [DONE] };
  }

  #authorise(data: Uint8Array): Answer {
    const fields = readBitmaps(data);
    const amount = numberOfBcd(fields.get(FIELD.amount) ?? new Uint8Array(0));
    if (amount === null || amount === 0 || !fields.has(FIELD.currency)) return { refuse: PROTOCOL_ERROR };
    const waiting: Apdu = { command: COMMAND.intermediate_status, data: Uint8Array.of(0x0a) };
    switch (this.#plan) {
      case 'no_card':
        this.#isWaitingForCard = true;
        return { say: [waiting] };
      case 'drop':
        return { say: [], thenDrop: true };
      case 'charge_and_drop':
        this.#charge(amount);
        return { say: [], thenDrop: true };
      case 'decline': {
        const status = Uint8Array.of(FIELD.result_code, DECLINED);
        const abort = { command: COMMAND.abort, data: Uint8Array.of(DECLINED) };
        return { say: [waiting, { command: COMMAND.status_information, data: status }, abort] };
      }
      case 'approve':
      case 'approve_less': {
        this.#charge(this.#plan === 'approve' ? amount : amount - 1);
        const paper = Uint8Array.of(0, ...new TextEncoder().encode('** Kundenbeleg **'));
        return {
          say: [waiting, this.#status(), { command: COMMAND.print_line, data: paper }, DONE],
        };
      }
    }
  }

  #repeat(): Answer {
    if (this.#last !== null) return { say: [this.#status(), DONE] };
    return { say: [{ command: COMMAND.abort, data: Uint8Array.of(PROTOCOL_ERROR) }] };
  }

  #charge(amount: number): void {
    this.#charged.push(amount);
    this.#trace += 1;
    this.#last = { amount, trace: this.#trace };
  }

  /** With a masked card number and a vendor's field, as terminals send them; neither is for the register. */
  #status(): Apdu {
    const { amount, trace } = this.#last ?? { amount: 0, trace: 0 };
    const name = new TextEncoder().encode('TEST CARD\0');
    const data = Uint8Array.from([
      FIELD.result_code,
      0,
      FIELD.amount,
      ...(bcdOf(amount, 6) ?? []),
      FIELD.trace_number,
      ...(bcdOf(trace, 3) ?? []),
      0x22,
      0xf0,
      0xf4,
      0xee,
      0xee,
      0xee,
      0xee,
      FIELD.card_name,
      0xf0 + Math.floor(name.length / 10),
      0xf0 + (name.length % 10),
      ...name,
      0x06,
      0x81,
      0x02,
      0x1f,
      0x00,
      FIELD.receipt_number,
      ...(bcdOf(trace, 2) ?? []),
      // A field that nobody knows ends the reading; everything that counts stands before it.
      0x7e,
      0x01,
    ]);
    return { command: COMMAND.status_information, data };
  }

  #give(answer: Answer): void {
    if ('refuse' in answer) {
      this.#send({ command: 0x8400 + answer.refuse, data: new Uint8Array(0) });
      return;
    }
    this.#send({ command: COMMAND.acknowledge, data: new Uint8Array(0) });
    this.#toSay = answer.say;
    this.#sayNext();
    if (answer.thenDrop === true) this.#line?.end();
  }

  #sayNext(): void {
    const next = this.#toSay.shift();
    if (next !== undefined) this.#send(next);
  }

  #send(apdu: Apdu): void {
    this.#line?.write(encodeApdu(apdu));
  }
}
