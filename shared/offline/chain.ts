import { canonicalJson } from './canonical.ts';
import type { OfflineDocument } from './document.ts';
import { sha256Hex } from './sha256.ts';

/** What the first document of a device names as the one before it. */
export const CHAIN_START = '0'.repeat(64);

type Unsealed<D> = D extends unknown ? Omit<D, 'digest'> : never;

/** The digest that a document must bear: of everything in it but the digest itself. */
export function digestOf(document: Unsealed<OfflineDocument> & { digest?: string }): string {
  const { digest: _, ...rest } = document;
  return sha256Hex(canonicalJson(rest));
}

/** Closes a document: from here on no byte of it changes unnoticed. */
export function seal<D extends OfflineDocument>(
  document: Omit<D, 'digest'>,
): Omit<D, 'digest'> & { digest: string } {
  return { ...document, digest: sha256Hex(canonicalJson(document)) };
}

/** A row of the journal as it lies on the disk: the document's text beside what was noted of it. */
export interface ChainRow {
  device_seq: number;
  previous: string;
  digest: string;
  /** Canonical JSON of the document without its digest. */
  body: string;
}

export type ChainFault = {
  device_seq: number;
  fault: 'gap' | 'broken_link' | 'digest' | 'body';
};

/**
 * Walks one device's rows in their order, from the digest before the first. Names the first row that does not
 * fit: a missing one before it, a link to another past, a digest that is not its text's, or a text that names
 * another place than its row.
 */
export function firstFault(
  rows: Iterable<ChainRow>,
  start: { device_seq: number; digest: string },
  sha256: (text: string) => string = sha256Hex,
): ChainFault | null {
  let { device_seq: seq, digest } = start;
  for (const row of rows) {
    const fault = faultOf(row, seq, digest, sha256);
    if (fault !== null) return { device_seq: fault === 'gap' ? seq + 1 : row.device_seq, fault };
    seq = row.device_seq;
    digest = row.digest;
  }
  return null;
}

function faultOf(
  row: ChainRow,
  seq: number,
  digest: string,
  sha256: (text: string) => string,
): ChainFault['fault'] | null {
  if (row.device_seq !== seq + 1) return 'gap';
  if (row.previous !== digest) return 'broken_link';
  if (sha256(row.body) !== row.digest) return 'digest';
  // The columns must say what the digested text says, or a changed column would go unnoticed.
  const named = `"device_seq":${row.device_seq},`;
  return row.body.includes(named) && row.body.includes(`"previous":"${row.previous}"`) ? null : 'body';
}
