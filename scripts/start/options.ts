import { parseArgs } from 'node:util';
import { err, ok, type Result } from '../../shared/result.ts';

/** The ports that may be chosen, each with its default; 0 = any free one. */
export const DEFAULT_PORTS = { edge: 8787, cloud: 8788, agent: 7070, mqtt: 1883, llrp: 5084, printer: 9100 };
export const FLOOR_PORT_PREFERRED = 7071;
const LLRP_PORT_DEFAULT = 5084;
const PRINTER_PORT_DEFAULT = 9100;
const PORT_MAX = 65_535;

export interface Address {
  host: string;
  port: number;
}

export interface StartOptions {
  data: string;
  ports: typeof DEFAULT_PORTS;
  /** Absent: the preferred port if it is free, else any. */
  floorPort: number | null;
  /** A real reader or printer in place of its simulator. */
  reader: Address | null;
  printer: Address | null;
  json: boolean;
}

export const USAGE = `usage: npm start -- [options]

  --data DIR               where the demo store keeps everything     (.data)
  --edge-port PORT         the edge: shoppers and the store feed     (${DEFAULT_PORTS.edge})
  --cloud-port PORT        the cloud: staff and the back office      (${DEFAULT_PORTS.cloud})
  --agent-port PORT        the store agent's HTTP interface          (${DEFAULT_PORTS.agent})
  --mqtt-port PORT         the store agent's MQTT broker             (${DEFAULT_PORTS.mqtt})
  --llrp-port PORT         the simulated RFID reader                 (${DEFAULT_PORTS.llrp})
  --printer-port PORT      the simulated receipt printer             (${DEFAULT_PORTS.printer})
  --floor-port PORT        the floor page with the demo's buttons    (${FLOOR_PORT_PREFERRED}, or any free one)
  --reader llrp://HOST:PORT    use this reader instead of the simulated one
  --printer tcp://HOST:PORT    use this printer instead of the simulated one
  --json                   print one JSON line once everything is ready
  --help                   this text

A port of 0 means any free one.
`;

export type OptionsError = { kind: 'help' } | { kind: 'wrong'; message: string };

/** The arguments after `--` of `npm start`. */
export function parseStartOptions(args: readonly string[]): Result<StartOptions, OptionsError> {
  const read = readArguments(args);
  if (!read.ok) return read;
  const given = read.value;
  if (given.help === true) return err({ kind: 'help' });
  if (given.data === '') return wrong('--data needs a folder');

  const ports = { ...DEFAULT_PORTS };
  for (const name of PORT_NAMES) {
    const text = given[`${name}-port`];
    if (text === undefined) continue;
    const port = portNumber(text);
    if (port === null) return wrong(`--${name}-port: "${text}" is not a port (0 to ${PORT_MAX})`);
    ports[name] = port;
  }
  const floorPort = given['floor-port'] === undefined ? null : portNumber(given['floor-port']);
  if (given['floor-port'] !== undefined && floorPort === null)
    return wrong(`--floor-port: "${given['floor-port']}" is not a port`);

  const reader = given.reader === undefined ? null : address(given.reader, 'llrp:', LLRP_PORT_DEFAULT);
  if (given.reader !== undefined && reader === null)
    return wrong(`--reader: "${given.reader}" is not llrp://HOST:PORT`);
  const printer = given.printer === undefined ? null : address(given.printer, 'tcp:', PRINTER_PORT_DEFAULT);
  if (given.printer !== undefined && printer === null)
    return wrong(`--printer: "${given.printer}" is not tcp://HOST:PORT`);

  const twice = firstTwice({ ...ports, floor: floorPort ?? 0 });
  if (twice !== null) return wrong(`--${twice[0]}-port and --${twice[1]}-port are the same`);
  return ok({ data: given.data ?? '.data', ports, floorPort, reader, printer, json: given.json === true });
}

const PORT_NAMES = ['edge', 'cloud', 'agent', 'mqtt', 'llrp', 'printer'] as const;
const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;

function readArguments(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      strict: true,
      allowPositionals: false,
      options: {
        data: text,
        'edge-port': text,
        'cloud-port': text,
        'agent-port': text,
        'mqtt-port': text,
        'llrp-port': text,
        'printer-port': text,
        'floor-port': text,
        reader: text,
        printer: text,
        json: flag,
        help: flag,
      },
    });
    return ok(values);
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
}

const wrong = (message: string) => err<OptionsError>({ kind: 'wrong', message });

function portNumber(given: string): number | null {
  if (!/^[0-9]{1,5}$/.test(given)) return null;
  const port = Number(given);
  return port <= PORT_MAX ? port : null;
}

function address(given: string, protocol: string, portDefault: number): Address | null {
  const url = URL.parse(given);
  if (url === null || url.protocol !== protocol || url.hostname === '') return null;
  if (
    (url.pathname !== '' && url.pathname !== '/') ||
    url.search !== '' ||
    url.hash !== '' ||
    url.username !== ''
  )
    return null;
  const port = url.port === '' ? portDefault : Number(url.port);
  return port === 0 ? null : { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port };
}

function firstTwice(ports: Record<string, number>): [string, string] | null {
  const seen = new Map<number, string>();
  for (const [name, port] of Object.entries(ports)) {
    const other = seen.get(port);
    if (port !== 0 && other !== undefined) return [other, name];
    seen.set(port, name);
  }
  return null;
}
