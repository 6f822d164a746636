import { randomBytes } from 'node:crypto';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { TagRead } from '../../hardware/port.ts';
import { uuidv7 } from '../../shared/ids/index.ts';
import { topicsOf } from '../bus/topics.ts';
import type { ReaderConfig } from '../config.ts';
import { type DecisionNews, Gatekeeper, type GateMessage } from '../exit/gatekeeper.ts';
import { Judge } from '../exit/judge.ts';
import { parseReadsMessage } from '../exit/reads.ts';
import type { FloorDevice, FloorInput } from '../http/floor_schema.ts';
import { errorText, type Fields, type Level } from '../log.ts';
import { TagReader } from '../state/packed/reader.ts';
import { GateHttp } from './http_listener.ts';
import { openGateLines } from './lines.ts';
import { MqttFront } from './mqtt/front.ts';
import { GateOutputs } from './outputs.ts';
import { PortStream } from './port_stream.ts';
import type { FromGate, GateQuestion, GateStart, GateStoreConfig, ToGate } from './protocol.ts';
import { openGateReaders } from './readers.ts';
import { SharedLink } from './shared_link.ts';

/** A question to the edge goes over the main thread, which may stand still: the gate goes on without it. */
const ASK_SLACK_MS = 20;

type Post = (message: FromGate, transfer?: MessagePort[]) => void;

/**
 * Everything between a read and a decision on the wire, on a thread of its own: readers and their outputs,
 * the gates' MQTT lines, latch and judgement. The main thread only hears of it afterwards.
 */
export class GateThread {
  readonly #start: GateStart;
  readonly #post: Post;
  readonly #link: SharedLink;
  readonly #outputs = new GateOutputs();
  readonly #gatekeeper: Gatekeeper;
  readonly #topics: ReturnType<typeof topicsOf>;
  readonly #asking = new Map<number, (paying: string[]) => void>();
  #tags: TagReader;
  #store: GateStoreConfig | null;
  readonly #judge: Judge;
  #front: MqttFront | null = null;
  #http: GateHttp | null = null;
  #closeDevices: (() => Promise<unknown>) | null = null;
  #asked = 0;

  constructor(start: GateStart, post: Post) {
    this.#start = start;
    this.#post = post;
    this.#link = new SharedLink(start.link);
    this.#tags = new TagReader(start.memory);
    this.#store = start.store;
    this.#topics = topicsOf(start.config.store_id);
    this.#judge = new Judge({
      tag: (epc) => this.#tags.get(epc),
      config: () => this.#store,
      now: Date.now,
      link: this.#link,
    });
    this.#gatekeeper = new Gatekeeper({
      judge: this.#judge,
      now: Date.now,
      monotonicMs: () => performance.now(),
      ask: (epcs, withinMs, traceparent) => this.#ask(epcs, withinMs, traceparent),
      // Outputs hold for a while after the last read, so every alarm prolongs them, an event or not.
      act: (gateId, act) => this.#outputs.signal(gateId, act),
    });
    this.#gatekeeper.mute(start.mutes);
    this.#gatekeeper.onDecision((news) => this.#act(news));
  }

  async open(): Promise<void> {
    const { config } = this.#start;
    const shared = {
      config,
      outputs: this.#outputs,
      now: Date.now,
      log: (level: Level, message: string, fields: Fields = {}) =>
        this.#post({ say: 'log', level, message, fields }),
      onInput: (input: FloorInput) => this.#post({ say: 'input', input }),
      onHealth: (device: FloorDevice, changedState: boolean) =>
        this.#post({ say: 'health', device, changedState }),
    };
    const closeLines = openGateLines(shared);
    const closeReaders = openGateReaders({
      ...shared,
      onReads: (reader, reads) => this.#takeReport(reader, reads),
    });
    this.#closeDevices = () => Promise.allSettled([closeLines(), closeReaders()]);
    try {
      this.#front = await MqttFront.listen(
        {
          topics: this.#topics,
          gates: () => this.#store?.gates ?? [],
          monotonicMs: () => performance.now(),
          onReads: (gateId, payload) => this.#takeMessage(gateId, payload),
          onDropped: (gateId) => this.#post({ say: 'dropped', gateId }),
          openBroker: (remote) => {
            const { port1, port2 } = new MessageChannel();
            this.#post({ say: 'connection', port: port2, remote }, [port2]);
            return new PortStream(port1);
          },
        },
        config.mqtt,
      );
    } catch (error) {
      const what = `${config.mqtt.host}:${config.mqtt.port}`;
      this.#post({ say: 'failed', code: 'mqtt_port', what, detail: errorText(error) });
      return;
    }
    try {
      this.#http = await this.#listenHttp();
    } catch (error) {
      const what = `${config.gate_http?.host}:${config.gate_http?.port}`;
      this.#post({ say: 'failed', code: 'http_port', what, detail: errorText(error) });
      return;
    }
    this.#post({ say: 'ready', mqttPort: this.#front.port, httpPort: this.#http?.port ?? null });
  }

  async #listenHttp(): Promise<GateHttp | null> {
    const { gate_http } = this.#start.config;
    if (gate_http === undefined) return null;
    return GateHttp.listen(
      {
        gates: () => this.#store?.gates ?? null,
        tokens: gate_http.path_tokens,
        judge: this.#judge,
        newId: () => `rds_${uuidv7(Date.now(), randomBytes(10))}`,
        answer: (gateId, message) => {
          return this.#gatekeeper.answer(gateId, message, 'http');
        },
        onDegraded: (gateId, detail) => this.#post({ say: 'degraded', gateId, detail }),
        onMalformed: (gateId, bytes) => this.#post({ say: 'malformed', gateId, bytes }),
      },
      gate_http,
    );
  }

  hear(message: ToGate): void {
    switch (message.do) {
      case 'store':
        this.#store = message.store;
        this.#front?.devicesChanged();
        break;
      case 'memory':
        this.#tags = new TagReader(message.memory);
        this.#post({ say: 'memory_taken', generation: message.memory.generation });
        break;
      case 'asked':
        this.#asking.get(message.id)?.(message.paying);
        break;
      case 'mutes':
        this.#gatekeeper.mute(message.mutes);
        break;
      case 'answer':
        this.#answer(message.id, message.question);
        break;
      case 'passed':
        this.#outputs.signal(message.gateId, 'open', true);
        this.#front?.deliver(message.gateId, message.decision);
        break;
      case 'crash':
        throw new Error('the gate thread was told to die');
      case 'stop':
        void this.#close();
        break;
    }
  }

  async #close(): Promise<void> {
    this.#outputs.close();
    await Promise.allSettled([this.#closeDevices?.(), this.#front?.close(), this.#http?.close()]);
    this.#post({ say: 'stopped' });
  }

  #answer(id: number, { gateId, message, source, traceparent }: GateQuestion): void {
    this.#gatekeeper.answer(gateId, message, source, traceparent).then(
      (decision) => this.#post({ say: 'answered', id, decision }),
      (error: unknown) => this.#complain(gateId, error),
    );
  }

  #takeMessage(gateId: string, payload: string): void {
    const message = parseReadsMessage(payload);
    if (message === null || message.unreadable > 0)
      this.#post({ say: 'malformed', gateId, bytes: payload.length });
    if (message === null) return;
    this.#gatekeeper.answer(gateId, message, 'mqtt').then(
      (decision) => this.#front?.deliver(gateId, decision),
      (error: unknown) => this.#complain(gateId, error),
    );
  }

  #takeReport(reader: ReaderConfig, reads: TagRead[]): void {
    const message: GateMessage = {
      // Asked for once, after the barrier has moved: making a name costs more than looking up a tag.
      get id() {
        return `rds_${uuidv7(Date.now(), randomBytes(10))}`;
      },
      reads,
      sights: reads.reduce((sum, read) => sum + read.count, 0),
    };
    this.#gatekeeper
      .decide(reader.gate_id, message, 'reader')
      .catch((error: unknown) => this.#complain(reader.gate_id, error));
    if (this.#link.watched()) setImmediate(() => this.#show(reader, reads));
  }

  /** The barrier has moved already; now the gate's own screen, then everybody else. */
  #act(news: DecisionNews): void {
    const { gate_id, decision, act } = news;
    // What filters hold back moves no barrier, and so it is not announced to the gate's own either.
    if (
      gate_id !== null &&
      news.source === 'reader' &&
      news.fresh &&
      (act === decision || decision === 'ignore')
    ) {
      const { id, epcs, at, as_of } = news;
      this.#front?.deliver(gate_id, { id, decision, epcs, at, ...(as_of === undefined ? {} : { as_of }) });
    }
    // Telling costs more than deciding, and wakes the main thread: the wire goes first.
    setImmediate(() => this.#post({ say: 'decided', news }));
  }

  #show(reader: ReaderConfig, reads: readonly TagRead[]): void {
    const shown = reads.map(({ epc, antenna, rssi }) => {
      const tag = this.#tags.get(epc);
      return {
        epc,
        antenna,
        rssi,
        ...(tag === undefined ? {} : { status: tag.status }),
        ...(tag?.name ? { name: tag.name } : {}),
      };
    });
    const at = new Date().toISOString();
    this.#post({ say: 'read', reads: { gate_id: reader.gate_id, reader_id: reader.id, reads: shown, at } });
  }

  #ask(epcs: string[], withinMs: number, traceparent?: string): Promise<string[]> {
    this.#asked += 1;
    const id = this.#asked;
    return new Promise((resolve) => {
      const done = (paying: string[]): void => {
        clearTimeout(timer);
        this.#asking.delete(id);
        resolve(paying);
      };
      const timer = setTimeout(() => done([]), withinMs + ASK_SLACK_MS);
      this.#asking.set(id, done);
      this.#post({ say: 'ask', id, epcs, withinMs, traceparent });
    });
  }

  #complain(gateId: string, error: unknown): void {
    const fields = { gate: gateId, err: errorText(error) };
    this.#post({ say: 'log', level: 'error', message: 'no decision', fields });
  }
}
