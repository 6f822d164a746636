import { SaxesParser } from 'saxes';
import { err, ok, type Result } from '../result.ts';

const NAMESPACE = 'http://www.epson-pos.com/schemas/2011/03/epos-print';
const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';
const DECLARATION = '<?xml version="1.0" encoding="utf-8"?>';
const TOKEN = /^[\w.-]{1,30}$/;

/** What the printer says of a job: whether it was printed, why not, and its state in bits. */
export interface EposResponse {
  readonly success: boolean;
  readonly code: string;
  readonly status: number;
}

/** Bit of the status that says that the job is on paper. */
export const EPOS_PRINTED = 0x00000002;

/** Codes that come before anything of a job is printed: the document, its size or the device's name is refused. */
const BEFORE_PAPER: ReadonlySet<string> = new Set([
  'SchemaError',
  'DeviceNotFound',
  'RequestEntityTooLarge',
  'TooManyRequests',
  'EX_SPOOLER',
  'EX_DEVICE_BUSY',
]);

/** Only success with the bit is paper; only what is refused before paper is none. All between is a doubt. */
export function eposResult({ success, code, status }: EposResponse): 'printed' | 'failed' | 'doubtful' {
  if (success && (status & EPOS_PRINTED) !== 0) return 'printed';
  return !success && BEFORE_PAPER.has(code) ? 'failed' : 'doubtful';
}

/** ESC/POS inside ePOS-Print XML (`<command>`, hexBinary); without a job it asks for the status. */
function eposPrint(job: Uint8Array): string {
  let hex = '';
  for (const byte of job) hex += byte.toString(16).padStart(2, '0');
  const command = hex === '' ? '' : `<command>${hex}</command>`;
  return `<epos-print xmlns="${NAMESPACE}">${command}</epos-print>`;
}

/** For the printer's own service: SOAP over HTTP (Epson ePOS-Print XML). */
export function requestXml(job: Uint8Array): string {
  return `${DECLARATION}<s:Envelope xmlns:s="${SOAP}"><s:Body>${eposPrint(job)}</s:Body></s:Envelope>`;
}

/** For a printer that polls: the answer to its GetRequest (Epson Server Direct Print). `token` names the job. */
export function directPrintXml(job: Uint8Array, devid: string, token: string, timeoutMs: number): string {
  if (!TOKEN.test(token)) throw new Error('a print job id has at most 30 letters, digits, dots and dashes');
  return (
    `${DECLARATION}<PrintRequestInfo Version="2.00"><ePOSPrint><Parameter><devid>${devid}</devid>` +
    `<timeout>${timeoutMs}</timeout><printjobid>${token}</printjobid></Parameter>` +
    `<PrintData>${eposPrint(job)}</PrintData></ePOSPrint></PrintRequestInfo>`
  );
}

export function responseXml(response: EposResponse): string {
  return `${DECLARATION}<s:Envelope xmlns:s="${SOAP}"><s:Body>${responseElement(response)}</s:Body></s:Envelope>`;
}

/** What a printer that polls says of a job (Server Direct Print, `ResponseFile` of a SetResponse). */
export function directResponseXml(token: string, devid: string, response: EposResponse): string {
  return (
    `${DECLARATION}<PrintResponseInfo Version="2.00"><ePOSPrint><Parameter><devid>${devid}</devid>` +
    `<printjobid>${token}</printjobid></Parameter><PrintResponse>${responseElement(response)}</PrintResponse>` +
    `</ePOSPrint></PrintResponseInfo>`
  );
}

function responseElement({ success, code, status }: EposResponse): string {
  return `<response success="${success}" code="${code}" status="${status}" xmlns="${NAMESPACE}"/>`;
}

/** The `<response>` of an answer, wherever it stands in the envelope; the error is a sentence. */
export function parseResponse(xml: string): Result<EposResponse, string> {
  const found = elementsOf(xml)?.find((one) => one.name === 'response');
  const response = found === undefined ? null : responseOf(found);
  return response === null ? err('The answer is no ePOS-Print response.') : ok(response);
}

function responseOf({ attributes }: Element): EposResponse | null {
  const { success, status, code = '' } = attributes;
  if (success === undefined || status === undefined || !/^\d{1,10}$/.test(status)) return null;
  return { success: success === 'true' || success === '1', code, status: Number(status) };
}

/** Every job of a SetResponse with what became of it; null where the document is none. */
export function parseDirectResponse(xml: string): { token: string; response: EposResponse }[] | null {
  const elements = elementsOf(xml);
  if (elements === null || !elements.some((one) => one.name === 'PrintResponseInfo')) return null;
  const told: { token: string; response: EposResponse }[] = [];
  let token = '';
  for (const element of elements) {
    if (element.name === 'printjobid') token = element.text.trim();
    const response = element.name === 'response' ? responseOf(element) : null;
    if (response !== null && token !== '') told.push({ token, response });
  }
  return told;
}

/** The job inside a request, with its name where it has one; null where the document is not of ePOS-Print. */
export function parseRequest(xml: string): { job: Uint8Array; token: string } | null {
  const elements = elementsOf(xml);
  if (elements === null || !elements.some((one) => one.name === 'epos-print')) return null;
  const textOf = (name: string): string =>
    elements
      .filter((one) => one.name === name)
      .map((one) => one.text.trim())
      .join('');
  const hex = textOf('command');
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(hex)) return null;
  const job = Uint8Array.from({ length: hex.length / 2 }, (_, at) =>
    Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16),
  );
  return { job, token: textOf('printjobid') };
}

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  text: string;
}

/** Every element by its local name, with its own text; null where the XML is not well-formed. */
function elementsOf(xml: string): Element[] | null {
  const elements: Element[] = [];
  const open: Element[] = [];
  let broken = false;
  const parser = new SaxesParser();
  parser.on('error', () => {
    broken = true;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element = { name: name.replace(/^.*:/, ''), attributes, text: '' };
    elements.push(element);
    open.push(element);
  });
  parser.on('text', (text) => {
    const inner = open.at(-1);
    if (inner !== undefined) inner.text += text;
  });
  parser.on('closetag', () => {
    open.pop();
  });
  try {
    parser.write(xml).close();
  } catch {
    return null;
  }
  return broken ? null : elements;
}
