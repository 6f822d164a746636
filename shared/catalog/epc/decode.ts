import { err, ok, type Result } from '../../result.ts';
import { type Epc, type EpcError, percentEncoded } from '../epc.ts';
import { checkDigit, hasCheckDigit } from '../gtin.ts';
import { BitReader, type EpcSegment } from './bit_reader.ts';
import { CLASSIC, type ClassicFields, type ClassicScheme, readClassic } from './classic.ts';
import { PLUS, type PlusScheme, readPlus } from './plus.ts';

/** What a tag says by its bits alone, whoever made it. */
export interface EpcIdentity {
  scheme: string;
  filter: number;
  /** The GS1 key with its check digit, where it has one. */
  key: { name: ClassicScheme['key']; value: string };
  serial: string | null;
  /** How the company prefix is cut off; the "+" schemes do not say it. */
  company_prefix: string | null;
  /** The date that stands before the key of a DSGTIN+. */
  date: { ai: string; yymmdd: string } | null;
  /** `urn:epc:id:…` and `urn:epc:tag:…`; the "+" schemes have a Digital Link instead. */
  uri: string | null;
  tag_uri: string | null;
  digital_link: string;
}

const KEY_OF_AI: Readonly<Record<string, ClassicScheme['key']>> = {
  '00': 'sscc',
  '01': 'gtin14',
  '253': 'gdti',
  '255': 'gcn',
  '414': 'gln',
  '8003': 'grai',
  '8004': 'giai',
  '8010': 'cpid',
  '8017': 'gsrn',
  '8018': 'gsrn',
};

/**
 * Reads a tag of any scheme that we know for certain. Strict: another length, partition 7, a field with more digits
 * than its place allows, a check digit that is none and bits where none belong are refused by their names.
 */
export function decodeEpc(epc: Epc): Result<EpcIdentity, EpcError> {
  return read(epc).answer;
}

/** The fields of a tag in their places, as far as they could be read: for people who look at one. */
export const segmentsOf = (epc: Epc): readonly EpcSegment[] => read(epc).segments;

function read(epc: Epc): { answer: Result<EpcIdentity, EpcError>; segments: readonly EpcSegment[] } {
  const reader = new BitReader(epc);
  const header = Number(reader.number('header', 8));
  const classic = CLASSIC.get(header);
  const plus = PLUS.get(header);
  let identity: EpcIdentity | null = null;
  if (classic !== undefined) identity = classicIdentity(reader, classic);
  else if (plus !== undefined) identity = plusIdentity(reader, plus);
  else reader.fail('unsupported_scheme');
  const answer =
    reader.trouble !== null || identity === null
      ? err({ code: reader.trouble ?? ('unsupported_scheme' as const) })
      : ok(identity);
  return { answer, segments: reader.segments };
}

function classicIdentity(reader: BitReader, scheme: ClassicScheme): EpcIdentity {
  const fields = readClassic(reader, scheme);
  reader.rest(false);
  const { filter, companyPrefix, reference, serial } = fields;
  const named = [companyPrefix, reference, ...(serial === null ? [] : [serial])]
    .map(percentEncoded)
    .join('.');
  return {
    scheme: scheme.name,
    filter,
    key: { name: scheme.key, value: keyOf(scheme.key, fields) },
    serial,
    company_prefix: companyPrefix,
    date: null,
    uri: `urn:epc:id:${scheme.id}:${named}`,
    tag_uri: `urn:epc:tag:${scheme.name}:${filter}.${named}`,
    digital_link: linkOf(aiOf(scheme), keyOf(scheme.key, fields), serial),
  };
}

function plusIdentity(reader: BitReader, scheme: PlusScheme): EpcIdentity {
  const { filter, key, serial, date, dataFollows } = readPlus(reader, scheme);
  reader.rest(dataFollows);
  if (scheme.digits !== null && !hasCheckDigit(key)) reader.fail('check_digit');
  const name = KEY_OF_AI[scheme.ai] ?? 'giai';
  return {
    scheme: scheme.name,
    filter,
    key: { name, value: name === 'grai' ? key.slice(1) : key },
    serial,
    company_prefix: null,
    date,
    uri: null,
    tag_uri: null,
    digital_link: linkOf(scheme.ai, key, serial),
  };
}

/** The indicator or extension digit stands first in a key and after the company prefix in a tag. */
function keyOf(key: ClassicScheme['key'], { companyPrefix, reference }: ClassicFields): string {
  if (key === 'giai' || key === 'cpid') return companyPrefix + reference;
  const leads = key === 'gtin14' || key === 'sscc';
  const body = leads
    ? `${reference.slice(0, 1)}${companyPrefix}${reference.slice(1)}`
    : companyPrefix + reference;
  return body + checkDigit(body);
}

const AI_OF_KEY: Readonly<Record<ClassicScheme['key'], string>> = {
  sscc: '00',
  gtin14: '01',
  gdti: '253',
  gcn: '255',
  gln: '414',
  grai: '8003',
  giai: '8004',
  cpid: '8010',
  gsrn: '8018',
};
const aiOf = ({ id, key }: ClassicScheme): string => (id === 'gsrnp' ? '8017' : AI_OF_KEY[key]);
/** The AI of the serial; without one the serial goes on where the key ends. */
const SERIAL_AI: Readonly<Record<string, string>> = { '01': '21', '414': '254', '8010': '8011' };

/** Canonical, on the host of GS1 itself (GS1 Digital Link, URI syntax). A GLN's extension 0 means that it has none. */
function linkOf(ai: string, key: string, serial: string | null): string {
  const filled = ai === '8003' && key.length === 13 ? `0${key}` : key;
  const own = SERIAL_AI[ai];
  if (serial === null || (ai === '414' && serial === '0'))
    return `https://id.gs1.org/${ai}/${encodeURIComponent(filled)}`;
  if (own === undefined) return `https://id.gs1.org/${ai}/${encodeURIComponent(filled + serial)}`;
  return `https://id.gs1.org/${ai}/${encodeURIComponent(filled)}/${own}/${encodeURIComponent(serial)}`;
}
