import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { DeviceId, StoreId } from '../shared/ids/index.ts';
import { err, ok, type Result } from '../shared/result.ts';
import { contradictions } from './config_contradictions.ts';
import { device, Line, listen, Reader, Scanner } from './device_config.ts';
import { Printer } from './printer_config.ts';
import { Terminal } from './terminal_config.ts';
import { VENDORS_MAX, VendorConfig } from './vendors/config.ts';

export const DEVICES_MAX = 64;
const PRINT_FILES_MAX = 16;

/** The address of a service, without a slash at its end. */
const serviceUrl = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''));

export const AgentConfig = z.strictObject({
  store_id: StoreId,
  agent_id: device('agt'),
  edge_url: serviceUrl,
  /** Where the agent renews its token; without it that is a person's care. */
  cloud_url: serviceUrl.optional(),
  token_file: z.string().min(1),
  data_dir: z.string().min(1),
  http: listen,
  mqtt: listen.extend({
    /** The same broker behind TLS, on a port of its own; both files are PEM. */
    tls: z
      .strictObject({
        port: listen.shape.port,
        certificate_file: z.string().min(1),
        key_file: z.string().min(1),
      })
      .optional(),
  }),
  /** A port for gates alone, served past everything else. `path_tokens` are for gates that can send no header. */
  gate_http: listen
    .extend({
      path_tokens: z
        .array(
          z.strictObject({
            gate_id: device('gat'),
            token_sha256: z.string().regex(/^[0-9a-f]{64}$/, 'expected the SHA-256 of the token in hex'),
            address: z.union([z.ipv4(), z.ipv6()]),
          }),
        )
        .max(DEVICES_MAX)
        .default([]),
    })
    .optional(),
  readers: z.array(Reader).max(DEVICES_MAX).default([]),
  printers: z.array(Printer).max(DEVICES_MAX).default([]),
  scanners: z.array(Scanner).max(DEVICES_MAX).default([]),
  lines: z.array(Line).max(DEVICES_MAX).default([]),
  terminals: z.array(Terminal).max(DEVICES_MAX).default([]),
  vendors: z.array(VendorConfig).max(VENDORS_MAX).default([]),
  floor_dir: z.string().min(1).optional(),
  kiosk_dir: z.string().min(1).optional(),
  /**
   * What stands at a kiosk, or at the staff till of the agent itself: its printer (else the first one), and
   * whether a cash drawer hangs on that printer and opens with each cash sale.
   */
  tills: z
    .array(
      z.strictObject({
        device_id: DeviceId,
        printer_id: device('prn').optional(),
        drawer: z.boolean().default(false),
      }),
    )
    .max(DEVICES_MAX)
    .default([]),
  /** The edge as a shopper's phone reaches it, for those who pay later; without it `edge_url`. */
  pay_url: serviceUrl.optional(),
  /** Font files that pictures of text are drawn with before our own, such as a full Chinese one. */
  print_fonts: z.array(z.string().min(1)).max(PRINT_FILES_MAX).default([]),
  /** PNG files that `<img>` in markup may name. */
  print_logos: z.record(z.string().regex(/^[a-z0-9_-]{1,40}$/), z.string().min(1)).default({}),
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
  const issues = parsed.success ? [] : parsed.error.issues;
  const complaints = [
    ...issues.map((issue) => `${issue.path.join('.') || '(whole file)'}: ${issue.message}`),
    ...contradictions(json),
  ];
  if (!parsed.success || complaints.length > 0) return err(complaints);
  const at = (path: string): string => (isAbsolute(path) ? path : resolve(folder, path));
  const config = parsed.data;
  return ok({
    ...config,
    readers: config.readers.map((reader) => ({
      ...reader,
      ...(reader.credentials_file === undefined ? {} : { credentials_file: at(reader.credentials_file) }),
      ...(reader.events_credentials_file === undefined
        ? {}
        : { events_credentials_file: at(reader.events_credentials_file) }),
      ...(reader.certificate_file === undefined ? {} : { certificate_file: at(reader.certificate_file) }),
    })),
    printers: config.printers.map((printer) => ({
      ...printer,
      ...(printer.certificate_file === undefined ? {} : { certificate_file: at(printer.certificate_file) }),
    })),
    print_fonts: config.print_fonts.map(at),
    print_logos: Object.fromEntries(
      Object.entries(config.print_logos).map(([name, file]): [string, string] => [name, at(file)]),
    ),
    vendors: config.vendors.map((vendor) => ({
      ...vendor,
      ...(vendor.profile_file === undefined ? {} : { profile_file: at(vendor.profile_file) }),
      secrets: Object.fromEntries(Object.entries(vendor.secrets).map(([name, file]) => [name, at(file)])),
    })),
    ...(config.mqtt.tls === undefined
      ? {}
      : {
          mqtt: {
            ...config.mqtt,
            tls: {
              port: config.mqtt.tls.port,
              certificate_file: at(config.mqtt.tls.certificate_file),
              key_file: at(config.mqtt.tls.key_file),
            },
          },
        }),
    token_file: at(config.token_file),
    data_dir: at(config.data_dir),
    ...(config.floor_dir === undefined ? {} : { floor_dir: at(config.floor_dir) }),
    ...(config.kiosk_dir === undefined ? {} : { kiosk_dir: at(config.kiosk_dir) }),
  });
}
