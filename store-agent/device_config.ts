import { z } from 'zod';
import { DeviceId } from '../shared/ids/index.ts';

// The devices of the agent's configuration file: readers, scanners and lines. Passwords are never in it;
// it names the files that hold them.

const LLRP_PORT_DEFAULT = 5084;
const OUTPUT_HOLD_MS_MIN = 10;
const OUTPUT_HOLD_MS_MAX = 60_000;

export const device = <P extends string>(prefix: P) =>
  DeviceId.refine((id) => id.startsWith(`${prefix}_`), `expected an id that begins with ${prefix}_`);

export const listen = z.strictObject({
  host: z.string().min(1).default('127.0.0.1'),
  port: z.int().min(0).max(65_535),
});

/** What a reader speaks and where, by the scheme of its address. */
type ReaderUrl =
  | { protocol: 'llrp'; host: string; port: number }
  /** Without a trailing slash. */
  | { protocol: 'impinj'; base: string }
  | { protocol: 'zebra_http'; base: string }
  /** `topic` is what the reader's own topics begin with, without slashes at its ends. */
  | { protocol: 'zebra_mqtt'; base: string; topic: string };

const READER_URLS =
  'expected llrp://host:port, impinj+http(s)://host, zebra+http(s)://host or zebra+mqtt(s)://broker/topic';

const ReaderUrl = z.string().transform((text, context): ReaderUrl => {
  const url = plainUrl(text);
  const [vendor, carrier = ''] = (url?.protocol ?? '').replace(/:$/, '').split('+');
  if (url !== null && vendor === 'zebra' && (carrier === 'mqtt' || carrier === 'mqtts')) {
    const topic = topicOf(url.pathname);
    if (topic !== null) return { protocol: 'zebra_mqtt', base: `${carrier}://${url.host}`, topic };
  }
  if (url !== null && url.pathname.length <= 1) {
    if (vendor === 'llrp' && carrier === '')
      return { protocol: 'llrp', ...hostAndPort(url, LLRP_PORT_DEFAULT) };
    if (vendor === 'impinj' && isHttp(carrier))
      return { protocol: 'impinj', base: `${carrier}://${url.host}` };
    if (vendor === 'zebra' && isHttp(carrier))
      return { protocol: 'zebra_http', base: `${carrier}://${url.host}` };
  }
  context.addIssue({ code: 'custom', message: READER_URLS });
  return z.NEVER;
});

const BrokerUrl = z.string().transform((text, context): { base: string; topic: string } => {
  const url = plainUrl(text);
  const topic = url === null ? null : topicOf(url.pathname);
  if (url !== null && topic !== null && /^mqtts?:$/.test(url.protocol)) {
    return { base: `${url.protocol}//${url.host}`, topic };
  }
  context.addIssue({ code: 'custom', message: 'expected mqtt(s)://broker/topic' });
  return z.NEVER;
});

export const isHttp = (carrier: string): boolean => carrier === 'http' || carrier === 'https';

/** The path of an address as a topic; null where it is none that one may publish to. */
function topicOf(path: string): string | null {
  try {
    const topic = decodeURIComponent(path).replace(/^\/+|\/+$/g, '');
    return /^[^#+$]+$/.test(topic) ? topic : null;
  } catch {
    return null; // A stray percent sign.
  }
}

/** A URL that names a place and nothing else: no user, no password, no query. */
export function plainUrl(text: string): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.hostname === '' || url.username !== '' || url.password !== '') return null;
  return url.search === '' && url.hash === '' ? url : null;
}

export const hostAndPort = (url: URL, defaultPort: number): { host: string; port: number } => ({
  host: url.hostname.replace(/^\[|\]$/g, ''),
  port: url.port === '' ? defaultPort : Number(url.port),
});

const port = z.int().min(1).max(255).optional();

export const Reader = z
  .strictObject({
    id: device('rdr'),
    url: ReaderUrl,
    gate_id: device('gat'),
    antennas: z.array(z.int().min(1).max(255)).min(1).optional(),
    /** Which general purpose outputs of the reader (1-based) have which role. */
    outputs: z.strictObject({ alarm: port, open: port, 'lamp.green': port, 'lamp.red': port }).default({}),
    /** How long an output of the gate stays on after the last read that asked for it; 3 s where nothing is said. */
    output_hold_ms: z.int().min(OUTPUT_HOLD_MS_MIN).max(OUTPUT_HOLD_MS_MAX).optional(),
    /** Which inputs have which role. */
    inputs: z.strictObject({ presence: port, button: port }).default({}),
    /** A file with `{"username": …, "password": …}`, where the reader asks for them. */
    credentials_file: z.string().min(1).optional(),
    /** The reader's own certificate (PEM), for https. */
    certificate_file: z.string().min(1).optional(),
    /** The inventory preset on an Impinj reader that is started. */
    preset: z.string().min(1).max(128).optional(),
    /** `mqtt(s)://broker/topic`: where an Impinj reader publishes its events, in place of its own stream. */
    events_url: BrokerUrl.optional(),
    events_credentials_file: z.string().min(1).optional(),
    /** Where a Zebra reader on HTTP posts its tag data. */
    data_listen: listen.optional(),
    /** How an LLRP reader inventories; what is left out stays as it is set at the reader. */
    llrp: z
      .strictObject({
        /** Gen2 session. 0 and 1 forget soon, as a gate wants it. */
        session: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]).optional(),
        /** Tags in the field at a time; used with a session. */
        tag_population: z.int().min(1).max(65_535).optional(),
        /** The reader's level that is not above it is taken. */
        transmit_power_dbm: z.number().min(0).max(40).optional(),
        /** Tags that were read are read again at once, in both inventoried states by turns. */
        dual_target: z.boolean().optional(),
        /** The highest version to speak. */
        version: z.enum(['1.0.1', '1.1']).optional(),
      })
      .optional(),
    /** `keep` leaves a Zebra reader in the operating mode that was set at it. */
    mode: z.enum(['set', 'keep']).optional(),
  })
  .superRefine((reader, context) => {
    type Field =
      | 'events_url'
      | 'events_credentials_file'
      | 'credentials_file'
      | 'certificate_file'
      | 'preset'
      | 'data_listen'
      | 'mode'
      | 'llrp';
    const only = (field: Field, there: boolean, where: string): void => {
      if (reader[field] === undefined || there) return;
      context.addIssue({ code: 'custom', path: [field], message: `only for ${where}` });
    };
    const { url } = reader;
    only('credentials_file', url.protocol !== 'llrp', 'readers with a user name; LLRP has none');
    only('certificate_file', 'base' in url && /^(https|mqtts):/.test(url.base), 'readers on https or mqtts');
    only('llrp', url.protocol === 'llrp', 'llrp readers');
    only('preset', url.protocol === 'impinj', 'impinj readers');
    only('events_url', url.protocol === 'impinj', 'impinj readers');
    only('events_credentials_file', reader.events_url !== undefined, 'readers with an events_url');
    only('mode', url.protocol.startsWith('zebra'), 'zebra readers');
    only('data_listen', url.protocol === 'zebra_http', 'zebra+http readers');
    if (url.protocol === 'zebra_http' && reader.data_listen === undefined) {
      const message = 'needed: where the reader posts its tag data';
      context.addIssue({ code: 'custom', path: ['data_listen'], message });
    }
  });

const terminators = z
  .array(z.enum(['enter', 'tab']))
  .min(1)
  .optional();
const scanner = {
  id: z.string().min(1).max(64),
  /** The kiosk or till that its codes are for; without it they are shown and nobody takes them. */
  kiosk_id: device('ksk').optional(),
};
const devicePath = z.string().startsWith('/dev/').max(256);
const usbId = z.int().min(0).max(0xffff).optional();

export const Scanner = z.discriminatedUnion('kind', [
  /** HID POS. With neither ids nor path, the first device that calls itself a bar code scanner. */
  z.strictObject({
    ...scanner,
    kind: z.literal('hid'),
    vendor_id: usbId,
    product_id: usbId,
    path: devicePath.optional(),
  }),
  /** One that types like a keyboard, in the layout that it was told. */
  z.strictObject({
    ...scanner,
    kind: z.literal('wedge'),
    path: devicePath,
    layout: z.enum(['us', 'de', 'fr']).default('us'),
    terminators,
  }),
  z.strictObject({
    ...scanner,
    kind: z.literal('serial'),
    path: devicePath,
    baud: z.int().min(300).max(4_000_000).optional(),
    terminators,
  }),
]);

const OUTPUT_ROLES = ['alarm', 'open', 'lamp.green', 'lamp.red'] as const;
const INPUT_ROLES = ['presence', 'button'] as const;
type OutputLineRole = (typeof OUTPUT_ROLES)[number];
export type InputLineRole = (typeof INPUT_ROLES)[number];

/** What makes an output act: a lamp shows what the barrier and the siren do. */
export const ACTS_WITH: Record<OutputLineRole, 'alarm' | 'open'> = {
  alarm: 'alarm',
  open: 'open',
  'lamp.green': 'open',
  'lamp.red': 'alarm',
};

const line = {
  id: z.string().min(1).max(64),
  kind: z.literal('gpio'),
  /** Label of the GPIO chip, as `gpiodetect` shows it: numbers change with the kernel. */
  chip: z.string().min(1).max(64),
  /** Name of the line, or its offset on the chip. */
  line: z.union([z.int().min(0).max(1_023), z.string().min(1).max(64)]),
  gate_id: device('gat'),
  active_low: z.boolean().default(false),
};

export const Line = z.discriminatedUnion('role', [
  z.strictObject({
    ...line,
    role: z.enum(OUTPUT_ROLES),
    /** What it holds while nobody drives it: at start, on close, when the agent is gone. */
    fail_safe: z.enum(['off', 'on']).default('off'),
  }),
  z.strictObject({ ...line, role: z.enum(INPUT_ROLES) }),
]);
