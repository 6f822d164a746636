import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connectAsync, type MqttClient } from 'mqtt';
import { callHttp } from '../device_http.ts';

const OUTPUTS = 4;
const RSSI_DEFAULT_DBM = -55;
const POST_TIMEOUT_MS = 2_000;

interface TagPosition {
  antenna?: number;
  /** dBm. */
  rssi?: number;
  count?: number;
}

/** The reader behind either carrier, and what can go wrong with it. */
export interface ZebraSimulator {
  /** Of the REST interface; 0 over MQTT. */
  readonly port: number;
  /** Reads a tag and reports it, if the inventory runs. */
  reads(epc: string, position?: TagPosition): Promise<void>;
  /** Reads several tags and reports them in one batch. */
  readsBatch(epcs: string[]): Promise<void>;
  /** Counts events that nobody will see, as a full buffer does. */
  loseEvents(count: number): void;
  sendRaw(text: string): Promise<void>;
  outputs(): Map<number, boolean>;
  /** The commands that were obeyed, in order. */
  commands(): string[];
  running(): boolean;
  /** The reader keeps its connections and says nothing any more. */
  setStalled(stalled: boolean): void;
  /** The token that was given out runs out; REST only. */
  expireToken(): void;
  /** Commands of this name are refused. */
  refuse(command: string | null): void;
  /** Idempotent. */
  close(): Promise<void>;
}

/** What the reader does, whatever carries it. */
class Reader {
  readonly outputs = new Map<number, boolean>();
  readonly commands: string[] = [];
  running = false;
  stalled = false;
  refused: string | null = null;
  tokens = 1;
  #eventNum = 0;

  constructor() {
    for (let port = 1; port <= OUTPUTS; port += 1) this.outputs.set(port, false);
  }

  /** Null when it obeys, else why it does not. */
  obey(command: string, payload: { port?: number; state?: boolean; type?: string }): string | null {
    if (command === this.refused) return 'not now';
    if (command === 'set_gpo') {
      if (!this.outputs.has(payload.port ?? 0)) return 'no such port';
      this.outputs.set(payload.port ?? 0, payload.state === true);
    } else if (command === 'set_mode') {
      if (this.running) return 'operation in progress';
      if (payload.type === undefined) return 'type is missing';
    } else if (command === 'start' || command === 'stop') {
      if (this.running === (command === 'start')) return `already ${command}ed`;
      this.running = command === 'start';
    } else if (command !== 'get_status') return 'unknown command';
    this.commands.push(command);
    return null;
  }

  lose(count: number): void {
    this.#eventNum += count;
  }

  event(epc: string, { antenna = 1, rssi = RSSI_DEFAULT_DBM, count = 1 }: TagPosition = {}): object {
    this.#eventNum += 1;
    const eventNum = this.#eventNum;
    return {
      type: 'CUSTOM',
      timestamp: new Date().toISOString().replace('Z', '+0000'),
      data: { eventNum, format: 'epc', idHex: epc.toLowerCase(), antenna, peakRssi: rssi, reads: count },
    };
  }
}

/** The face of a reader to the world: everything but how it is carried. */
function faceOf(
  reader: Reader,
  carried: { port: () => number; send: (text: string) => Promise<void>; close: () => Promise<void> },
): ZebraSimulator {
  const report = async (body: object): Promise<void> => {
    if (reader.running && !reader.stalled) await carried.send(JSON.stringify(body));
  };
  return {
    get port() {
      return carried.port();
    },
    reads: (epc, position) => report(reader.event(epc, position)),
    readsBatch: (epcs) => report(epcs.map((epc) => reader.event(epc))),
    loseEvents: (count) => reader.lose(count),
    sendRaw: carried.send,
    outputs: () => new Map(reader.outputs),
    commands: () => [...reader.commands],
    running: () => reader.running,
    setStalled: (stalled) => {
      reader.stalled = stalled;
    },
    expireToken: () => {
      reader.tokens += 1;
    },
    refuse: (command) => {
      reader.refused = command;
    },
    close: carried.close,
  };
}

/** A reader that publishes on a broker and takes its commands there. */
export async function startZebraMqttSimulator(options: {
  /** `mqtt://host:port` of the broker. */
  broker: string;
  topic: string;
}): Promise<ZebraSimulator> {
  const reader = new Reader();
  const { topic } = options;
  const client: MqttClient = await connectAsync(options.broker, { reconnectPeriod: 100 });
  client.on('message', (_topic, bytes) => {
    if (reader.stalled) return;
    const { command, command_id, payload } = JSON.parse(bytes.toString('utf8'));
    const refusal = reader.obey(command, payload);
    const response = refusal === null ? 'success' : 'failure';
    const answer = { command, command_id, response, payload: refusal === null ? {} : { message: refusal } };
    client.publish(`${topic}/control/response`, JSON.stringify(answer), { qos: 1 });
  });
  await client.subscribeAsync(`${topic}/control/command`, { qos: 1 });
  return faceOf(reader, {
    port: () => 0,
    send: async (text) => void (await client.publishAsync(`${topic}/tags`, text, { qos: 1 })),
    close: () => client.endAsync(true),
  });
}

/** A reader with its local REST interface that posts its tag data. */
export async function startZebraHttpSimulator(options: {
  port: number;
  username: string;
  password: string;
  /** Where it posts tag data; asked anew for each report. */
  post: () => string;
}): Promise<ZebraSimulator> {
  const reader = new Reader();
  const expected = `Basic ${Buffer.from(`${options.username}:${options.password}`).toString('base64')}`;
  const server = createServer((request, response) => void serve(reader, expected, request, response));
  await listen(server, options.port);
  return faceOf(reader, {
    port: () => {
      const address = server.address();
      return typeof address === 'object' && address !== null ? address.port : 0;
    },
    send: async (text) => {
      const call = { method: 'POST' as const, path: '/tags', body: JSON.parse(text) };
      await callHttp({ base: options.post() }, call, POST_TIMEOUT_MS, new AbortController().signal);
    },
    close: async () => {
      server.closeAllConnections();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  });
}

const COMMANDS: Record<string, string> = {
  'PUT /cloud/mode': 'set_mode',
  'PUT /cloud/start': 'start',
  'PUT /cloud/stop': 'stop',
  'PUT /cloud/gpo': 'set_gpo',
  'GET /cloud/status': 'get_status',
};

async function serve(
  reader: Reader,
  expected: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  if (reader.stalled) return;
  const answer = (status: number, body: object): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const what = `${request.method} ${request.url}`;
  if (what === 'GET /cloud/localRestLogin') {
    if (request.headers.authorization !== expected) answer(401, { code: 1 });
    else answer(200, { code: 0, message: `token-${reader.tokens}` });
    return;
  }
  if (request.headers.authorization !== `Bearer token-${reader.tokens}`) {
    answer(401, {});
    return;
  }
  const body = Buffer.concat(chunks).toString('utf8');
  const refusal = reader.obey(COMMANDS[what] ?? what, body === '' ? {} : JSON.parse(body));
  if (refusal === null) answer(200, {});
  else answer(422, { message: refusal });
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
}
