import {
  AIM,
  AIM_CHARS,
  CODE_BYTES_MAX,
  type DecodedCode,
  GROUP_SEPARATOR,
  withAim,
} from '../scanner/code.ts';

/**
 * Where a scanner puts what in its "scanned data" report. The HID POS usage tables (usage page 8C) name the
 * fields but leave their order, sizes and report id to the report descriptor of each device, which the HID
 * library does not hand out. Every number here is therefore device-specific.
 */
export interface HidPosLayout {
  readonly reportId: number;
  readonly lengthAt: number;
  /** First of the three characters of the AIM identifier; null where the device does not send it. */
  readonly aimAt: number | null;
  readonly dataAt: number;
  readonly dataBytes: number;
  /** Bit 0 of this byte says that the next report continues the code; null where codes never continue. */
  readonly continuedAt: number | null;
}

/** The 64-byte report that most HID POS scanners share. */
export const HID_POS_LAYOUT: HidPosLayout = {
  reportId: 2,
  lengthAt: 1,
  aimAt: 2,
  dataAt: 5,
  dataBytes: 56,
  continuedAt: 63,
};

const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;

const text = (bytes: readonly number[]) => bytes.map((byte) => String.fromCharCode(byte)).join('');

/**
 * Input reports → codes. A report that fits the layout is read by it; any other is searched for printable
 * ASCII up to a carriage return or line feed, which is how scanners in vendor modes end a code.
 */
export class HidReportDecoder {
  readonly #layout: HidPosLayout;
  #continued: number[] = [];
  #aim: string | null = null;
  #typed: number[] = [];

  constructor(layout: HidPosLayout = HID_POS_LAYOUT) {
    this.#layout = layout;
  }

  push(report: Uint8Array): DecodedCode[] {
    return this.#fits(report) ? this.#posReport(report) : this.#typedReport(report);
  }

  #fits(report: Uint8Array): boolean {
    const { reportId, lengthAt, aimAt, dataAt, dataBytes, continuedAt } = this.#layout;
    const length = report[lengthAt] ?? 0;
    const whole = report.length >= Math.max(dataAt + length, (continuedAt ?? 0) + 1);
    if (report[0] !== reportId || length > dataBytes || !whole) return false;
    return aimAt === null || this.#aimOf(report) !== null || report[aimAt] === 0;
  }

  #aimOf(report: Uint8Array): string | null {
    const { aimAt } = this.#layout;
    if (aimAt === null) return null;
    const found = text([...report.subarray(aimAt, aimAt + AIM_CHARS)]);
    return AIM.test(found) ? found : null;
  }

  #posReport(report: Uint8Array): DecodedCode[] {
    const { lengthAt, dataAt, continuedAt } = this.#layout;
    const length = report[lengthAt] ?? 0;
    // A code beyond the limit is heard to its end and dropped: its tail must not pass for a code of its own.
    for (const byte of report.subarray(dataAt, dataAt + length)) {
      if (this.#continued.length <= CODE_BYTES_MAX) this.#continued.push(byte);
    }
    this.#aim ??= this.#aimOf(report);
    if (continuedAt !== null && ((report[continuedAt] ?? 0) & 1) === 1) return [];
    const code = { raw: text(this.#continued), aim: this.#aim };
    this.#continued = [];
    this.#aim = null;
    return code.raw === '' || code.raw.length > CODE_BYTES_MAX ? [] : [code];
  }

  #typedReport(report: Uint8Array): DecodedCode[] {
    const codes: DecodedCode[] = [];
    for (const byte of report) {
      if (byte === CARRIAGE_RETURN || byte === LINE_FEED) {
        const line = text(this.#typed);
        this.#typed = [];
        if (line !== '' && line.length <= CODE_BYTES_MAX) codes.push(withAim(line));
      } else if ((byte >= 0x20 && byte < 0x7f) || byte === GROUP_SEPARATOR) {
        if (this.#typed.length <= CODE_BYTES_MAX) this.#typed.push(byte);
      }
    }
    return codes;
  }
}
