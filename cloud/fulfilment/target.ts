import { z } from '@hono/zod-openapi';

const TARGETS_MAX = 20;
const MINUTES_MAX = 24 * 60;

/** Where documents of a store go. Credentials are never in it: `secret_ref` names a Worker secret. */
export const FulfilmentTarget = z
  .strictObject({
    /** The retailer's own short name of it; jobs belong to it for good. */
    key: z.string().regex(/^[a-z0-9_-]{1,40}$/, 'expected small letters, digits, _ and -'),
    /** `batch_csv` collects lines and sends them together. */
    kind: z.enum(['http_xml', 'http_json', 'batch_csv']),
    url: z.url().max(500),
    secret_ref: z.string().regex(/^FULFILMENT_[A-Z0-9_]{1,60}$/, 'expected FULFILMENT_ and capital letters'),
    document: z.enum(['poslog_xml', 'poslog_json', 'csv']),
    /** `verified`: not before the check at the exit, where the order needs one. */
    gate_on: z.enum(['completed', 'verified']).default('completed'),
    settings: z
      .strictObject({
        /** Whether it takes the transactions of a demo store, which say that they are training. */
        training: z.boolean().default(false),
        /** Only of `batch_csv`: minutes from one file to the next, counted from midnight UTC. */
        every_min: z.int().min(1).max(MINUTES_MAX).default(MINUTES_MAX),
      })
      .prefault({}),
    active: z.boolean().default(true),
  })
  .refine(({ kind, document }) => DOCUMENT_OF[kind] === document, {
    message: 'http_xml takes poslog_xml, http_json poslog_json, batch_csv csv',
    path: ['document'],
  });
export type FulfilmentTarget = z.infer<typeof FulfilmentTarget>;

export const FulfilmentTargets = z.strictObject({
  targets: z
    .array(FulfilmentTarget)
    .max(TARGETS_MAX)
    .refine((targets) => new Set(targets.map(({ key }) => key)).size === targets.length, {
      message: 'one key twice',
    }),
});

const DOCUMENT_OF = { http_xml: 'poslog_xml', http_json: 'poslog_json', batch_csv: 'csv' } as const;

/**
 * What is wrong with an address that documents are sent to, or null. Only HTTPS, and no address that is written out
 * as one of a private network; a demo may send within its own machine. A name that resolves to such an address is
 * not seen here: Workers reach no private network.
 */
export function addressFault(address: string, demo: boolean): string | null {
  if (!URL.canParse(address)) return 'not an address';
  const { protocol, hostname, username, password } = new URL(address);
  if (username !== '' || password !== '') return 'credentials in an address';
  if (demo && (protocol === 'http:' || protocol === 'https:')) return null;
  if (protocol !== 'https:') return 'only https';
  // The parser has written every spelling of an IPv4 address as four decimal numbers.
  const host = hostname.toLowerCase().replace(/\.$/, '');
  return isPrivate(host) ? 'an address of a private network' : null;
}

function isPrivate(host: string): boolean {
  if (host.startsWith('[')) return isPrivateV6(host.slice(1, -1));
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return PRIVATE_V4.some((range) => range.test(`${host}.`));
  return !host.includes('.') || /(^|\.)(localhost|local|internal|lan|home\.arpa)$/.test(host);
}

/** RFC 6890: this network, private use, shared, loopback, link-local, benchmarks, multicast and reserved. */
const PRIVATE_V4 = [
  /^0\./,
  /^10\./,
  /^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./,
  /^127\./,
  /^169\.254\./,
  /^172\.(1[6-9]|2\d|3[01])\./,
  /^192\.0\.[02]\./,
  /^192\.168\./,
  /^198\.1[89]\./,
  /^198\.51\.100\./,
  /^203\.0\.113\./,
  /^(22[4-9]|2[3-5]\d)\./,
];

/** Of IPv6 only global unicast (2000::/3, RFC 4291) that is neither 6to4, Teredo nor an example. */
const isPrivateV6 = (host: string): boolean =>
  !/^[23][0-9a-f]{3}:/.test(host) || /^(2001:0?:|2001::|2001:db8:|2002:)/.test(host);
