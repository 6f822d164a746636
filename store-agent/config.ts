import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { DeviceId, StoreId } from '../shared/ids/index.ts';
import { err, ok, type Result } from '../shared/result.ts';

export const DEVICES_MAX = 64;
const LLRP_PORT_DEFAULT = 5084;
const ESCPOS_PORT_DEFAULT = 9100;

const port = z.int().min(0).max(65_535);
const listen = z.strictObject({ host: z.string().min(1).default('127.0.0.1'), port });

const device = <P extends string>(prefix: P) =>
  DeviceId.refine((id) => id.startsWith(`${prefix}_`), `expected an id that begins with ${prefix}_`);

/** `scheme://host:port`; the port may be left out where the protocol has its own. */
const deviceUrl = (scheme: string, defaultPort: number) =>
  z.string().transform((text, context): { host: string; port: number } => {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (url?.protocol === `${scheme}:` && url.hostname !== '' && url.username === '' && url.search === '') {
      return {
        host: url.hostname.replace(/^\[|\]$/g, ''),
        port: url.port === '' ? defaultPort : Number(url.port),
      };
    }
    context.addIssue({ code: 'custom', message: `expected ${scheme}://host:port` });
    return z.NEVER;
  });

const Reader = z.strictObject({
  id: device('rdr'),
  url: deviceUrl('llrp', LLRP_PORT_DEFAULT),
  gate_id: device('gat'),
  antennas: z.array(z.int().min(1).max(255)).min(1).optional(),
  /** Which general purpose outputs of the reader (1-based) sound the alarm and open the gate. */
  outputs: z.strictObject({ alarm: z.int().min(1).optional(), open: z.int().min(1).optional() }).default({}),
});

const Printer = z.strictObject({
  id: device('prn'),
  name: z.string().min(1).max(100),
  url: deviceUrl('tcp', ESCPOS_PORT_DEFAULT),
  columns: z.union([z.literal(48), z.literal(42), z.literal(32)]).default(48),
});

const Scanner = z.strictObject({
  id: z.string().min(1).max(64),
  kind: z.literal('hid'),
  vendor_id: z.int().min(0).max(0xffff),
  product_id: z.int().min(0).max(0xffff),
  /** The kiosk or till that its codes are for; without it they are shown and nobody takes them. */
  kiosk_id: device('ksk').optional(),
});

const Line = z.strictObject({
  id: z.string().min(1).max(64),
  kind: z.literal('gpio'),
  /** Label of the GPIO chip; with it `line` counts within the chip, without it across the kernel. */
  chip: z.string().min(1).max(64).optional(),
  line: z.int().min(0),
  role: z.enum(['alarm', 'open']),
  gate_id: device('gat'),
  active_low: z.boolean().default(false),
});

export const AgentConfig = z
  .strictObject({
    store_id: StoreId,
    agent_id: device('agt'),
    edge_url: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, '')),
    token_file: z.string().min(1),
    data_dir: z.string().min(1),
    http: listen,
    mqtt: listen,
    readers: z.array(Reader).max(DEVICES_MAX).default([]),
    printers: z.array(Printer).max(DEVICES_MAX).default([]),
    scanners: z.array(Scanner).max(DEVICES_MAX).default([]),
    lines: z.array(Line).max(DEVICES_MAX).default([]),
    floor_dir: z.string().min(1).optional(),
  })
  .superRefine((config, context) => {
    const seen = new Set<string>();
    for (const kind of ['readers', 'printers', 'scanners', 'lines'] as const) {
      config[kind].forEach((one, index) => {
        if (seen.has(one.id))
          context.addIssue({ code: 'custom', path: [kind, index, 'id'], message: 'this id is used twice' });
        seen.add(one.id);
      });
    }
  });
export type AgentConfig = z.infer<typeof AgentConfig>;
export type ReaderConfig = AgentConfig['readers'][number];
export type PrinterConfig = AgentConfig['printers'][number];

/**
 * Parses the text of a configuration file. Relative paths in it count from `folder`, the file's own. The
 * error is every complaint at once, one line each, so that a file is put right in one go.
 */
export function parseConfig(text: string, folder: string): Result<AgentConfig, string[]> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return err([`not JSON: ${error instanceof Error ? error.message : String(error)}`]);
  }
  const parsed = AgentConfig.safeParse(json);
  if (!parsed.success) {
    return err(
      parsed.error.issues.map((issue) => `${issue.path.join('.') || '(whole file)'}: ${issue.message}`),
    );
  }
  const at = (path: string): string => (isAbsolute(path) ? path : resolve(folder, path));
  const config = parsed.data;
  return ok({
    ...config,
    token_file: at(config.token_file),
    data_dir: at(config.data_dir),
    ...(config.floor_dir === undefined ? {} : { floor_dir: at(config.floor_dir) }),
  });
}
