import { err, ok, type Result } from '../result.ts';
import { isExitPass } from './codes/passes.ts';

/** A text as it came from a camera, a laser, a reader or a keyboard. */
export interface ScanInput {
  raw: string;
  /** AIM symbology identifier (ISO/IEC 15424), where the scanner sends it apart from the text. */
  aim?: string | undefined;
  /** The scanner's own name of the symbology: `ean_8`, `UPC-E`, `code128`; letters' case and signs are ignored. */
  symbology?: string | undefined;
  source: ScanSource;
}

export type ScanSource = 'camera' | 'laser' | 'rfid' | 'nfc' | 'typed' | 'kiosk';

/** What the scanner said about the code, as far as it changes how the text is read. */
export type CodeKind = 'ean8' | 'upce' | 'itf' | 'gs1' | 'internal' | 'unknown';

export interface Reading {
  text: string;
  kind: CodeKind;
  source: ScanSource;
  /** As it stood before the text, or as the scanner sent it apart. */
  aim?: string;
  /** The two or five digits of a magazine's issue, taken off the text. */
  supplement?: string;
}

export type HygieneError = 'empty' | 'too_long' | 'control_characters' | 'supplement_only';

/** FNC1 inside a GS1 element string reaches us as this control character. */
export const GROUP_SEPARATOR = String.fromCharCode(29);

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

/** Trims, takes an AIM identifier and an add-on symbol off and refuses what no code can be. */
export function cleanScan(input: ScanInput, charactersMax: number): Result<Reading, HygieneError> {
  const trimmed = input.raw.trim();
  const announced = /^\][A-Za-z][0-9A-Za-z]/.exec(trimmed)?.[0];
  const whole = announced === undefined ? trimmed : trimmed.slice(announced.length).trim();
  if (whole === '') return err('empty');
  // A pass names every tag of a trip, so it is longer than any code; its own reader bounds it.
  if (whole.length > charactersMax && !isExitPass(whole)) return err('too_long');
  if (hasControlCharacter(whole)) return err('control_characters');
  const aim = announced ?? input.aim;
  if (aim === ']E1' || aim === ']E2') return err('supplement_only');
  const { text, supplement } =
    aim === ']E3' ? splitSupplement(whole) : { text: whole, supplement: undefined };
  return ok({
    text,
    kind: kindOf(text, aim, input.symbology),
    source: input.source,
    ...(aim === undefined ? {} : { aim }),
    ...(supplement === undefined ? {} : { supplement }),
  });
}

/** ISO/IEC 15424: `]E3` is a main symbol of 13, 12 or 8 digits with an add-on of two or five in one packet. */
function splitSupplement(text: string): { text: string; supplement: string | undefined } {
  const parts = /^([0-9]{13}|[0-9]{12}|[0-9]{8})[ +-]?([0-9]{5}|[0-9]{2})$/.exec(text);
  return parts === null ? { text, supplement: undefined } : { text: parts[1] ?? text, supplement: parts[2] };
}

function kindOf(text: string, aim: string | undefined, symbology: string | undefined): CodeKind {
  if (text.includes(GROUP_SEPARATOR)) return 'gs1';
  const named = KIND_OF_SYMBOLOGY.get((symbology ?? '').toLowerCase().replace(/[^a-z0-9]/g, ''));
  return named ?? kindOfAim(text, aim ?? '');
}

/** ISO/IEC 15424, table of modifiers: `]E4` is EAN-8, so eight digits under `]E0` are UPC-E. */
function kindOfAim(text: string, aim: string): CodeKind {
  if (aim === ']E4') return 'ean8';
  if (aim === ']E0' && text.length === 8) return 'upce';
  if (aim.startsWith(']I')) return 'itf';
  if (/^\](?:C1|e|d2|Q3|J1)/.test(aim)) return 'gs1';
  if (/^\][ACFG]/.test(aim)) return 'internal';
  return 'unknown';
}

function hasControlCharacter(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if ((code < 32 && code !== 29) || (code >= 127 && code < 160)) return true;
  }
  return false;
}

/** The codes of one scan, where the store's scanners send several at once; null: they do not. */
export function splitScan(raw: string, separator: string | null): string[] {
  if (separator === null) return [raw];
  const parts = raw.split(separator).filter((part) => part.trim() !== '');
  return parts.length < 2 ? [raw] : parts;
}
