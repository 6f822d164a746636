import { err, ok, type Result } from '../result.ts';

/** A text as it came from a camera, a laser, a reader or a keyboard. */
export interface ScanInput {
  raw: string;
  /** AIM symbology identifier (ISO/IEC 15424), where the scanner sends it apart from the text. */
  aim?: string | undefined;
  /** The scanner's own name of the symbology: `ean_8`, `UPC-E`, `code128`; letters' case and signs are ignored. */
  symbology?: string | undefined;
  source: 'camera' | 'laser' | 'rfid' | 'nfc' | 'typed' | 'kiosk';
}

/** What the scanner said about the code, as far as it changes how the text is read. */
type CodeKind = 'ean8' | 'upce' | 'itf' | 'gs1' | 'internal' | 'unknown';

export interface Reading {
  text: string;
  kind: CodeKind;
  /** An RFID reader sent it, so it is a tag and nothing else. */
  radio: boolean;
}

const SCAN_CHARACTERS_MAX = 200;
/** FNC1 inside a GS1 element string reaches us as this control character. */
const GROUP_SEPARATOR = 29;

const KIND_OF_SYMBOLOGY: ReadonlyMap<string, CodeKind> = new Map<string, CodeKind>([
  ['ean8', 'ean8'],
  ['upce', 'upce'],
  ['itf', 'itf'],
  ['itf14', 'itf'],
  ['interleaved2of5', 'itf'],
  ['gs1128', 'gs1'],
  ['gs1databar', 'gs1'],
  ['databar', 'gs1'],
  ['databarexpanded', 'gs1'],
  ['gs1datamatrix', 'gs1'],
  ['gs1qrcode', 'gs1'],
  ['code128', 'internal'],
  ['code39', 'internal'],
  ['code93', 'internal'],
  ['codabar', 'internal'],
]);

/** Trims, takes an AIM identifier off and refuses what no code can be. */
export function cleanScan(input: ScanInput): Result<Reading, 'empty' | 'too_long' | 'control_characters'> {
  const trimmed = input.raw.trim();
  const announced = /^\][A-Za-z][0-9A-Za-z]/.exec(trimmed)?.[0];
  const text = announced === undefined ? trimmed : trimmed.slice(announced.length).trim();
  if (text === '') return err('empty');
  if (text.length > SCAN_CHARACTERS_MAX) return err('too_long');
  if (hasControlCharacter(text)) return err('control_characters');
  return ok({
    text,
    kind: kindOf(text, announced ?? input.aim, input.symbology),
    radio: input.source === 'rfid',
  });
}

function kindOf(text: string, aim: string | undefined, symbology: string | undefined): CodeKind {
  if (text.includes(String.fromCharCode(GROUP_SEPARATOR))) return 'gs1';
  const named = KIND_OF_SYMBOLOGY.get((symbology ?? '').toLowerCase().replace(/[^a-z0-9]/g, ''));
  return named ?? kindOfAim(text, aim ?? '');
}

/** ISO/IEC 15424, table of modifiers: `]E4` is EAN-8, so eight digits under `]E0` are UPC-E. */
function kindOfAim(text: string, aim: string): CodeKind {
  if (aim === ']E4') return 'ean8';
  if (aim === ']E0' && text.length === 8) return 'upce';
  if (aim.startsWith(']I')) return 'itf';
  if (/^\](?:C1|e|d2|Q3)/.test(aim)) return 'gs1';
  if (/^\][ACFG]/.test(aim)) return 'internal';
  return 'unknown';
}

function hasControlCharacter(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if ((code < 32 && code !== GROUP_SEPARATOR) || (code >= 127 && code < 160)) return true;
  }
  return false;
}
