import type { RetailerId } from '../../shared/ids/index.ts';

export { hashPassword, SALT_BYTES } from '../staff/password.ts';

/** One parametrised statement, for any driver of SQLite. */
export interface SqlStatement {
  sql: string;
  params: (string | number | null)[];
}

interface Bootstrap {
  retailer_id: RetailerId;
  retailer_name: string;
  admin_email: string;
  password_hash: string;
  /** A demo tenant: its sign-ins work only where DEMO is "1". */
  demo: boolean;
  /** UTC ISO 8601 with milliseconds. */
  now: string;
}

/**
 * The first retailer and its admin; everything else is made through the interface. Run again, with other
 * names or not, it changes nothing that is there.
 */
export function bootstrapStatements(seed: Bootstrap): SqlStatement[] {
  const { retailer_id, retailer_name, admin_email, password_hash, demo, now } = seed;
  // The first admin shares the UUID of the retailer: the same seed twice is the same person.
  const admin_id = `stf_${retailer_id.slice(retailer_id.indexOf('_') + 1)}`;
  return [
    {
      sql: 'INSERT INTO retailer (id, name, demo, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
      params: [retailer_id, retailer_name, demo ? 1 : 0, now],
    },
    {
      sql: `INSERT INTO staff (retailer_id, id, email, name, role, store_id, password_hash, demo, valid_until, failures, locked_until, created_at)
        VALUES (?, ?, ?, ?, 'admin', NULL, ?, ?, NULL, 0, NULL, ?) ON CONFLICT DO NOTHING`,
      params: [
        retailer_id,
        admin_id,
        admin_email.trim().toLowerCase(),
        'Administrator',
        password_hash,
        demo ? 1 : 0,
        now,
      ],
    },
  ];
}
