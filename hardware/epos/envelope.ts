import { SaxesParser } from 'saxes';
import { err, ok, type Result } from '../../shared/result.ts';

const NAMESPACE = 'http://www.epson-pos.com/schemas/2011/03/epos-print';
const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';

/** The request of a job, or of nothing but the status, as SOAP (Epson ePOS-Print XML, `<command>` as hexBinary). */
export function requestXml(job: Uint8Array): string {
  const command = job.length === 0 ? '' : `<command>${Buffer.from(job).toString('hex')}</command>`;
  return (
    `<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="${SOAP}"><s:Body>` +
    `<epos-print xmlns="${NAMESPACE}">${command}</epos-print></s:Body></s:Envelope>`
  );
}

export function responseXml({ success, code, status }: EposResponse): string {
  return (
    `<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="${SOAP}"><s:Body>` +
    `<response success="${success}" code="${code}" status="${status}" xmlns="${NAMESPACE}"/></s:Body></s:Envelope>`
  );
}

/** What the printer says of a job: whether it was printed, why not, and its state in the bits of status.ts. */
export interface EposResponse {
  readonly success: boolean;
  readonly code: string;
  readonly status: number;
}

/** The `<response>` of an answer, wherever it stands in the envelope; the error is a sentence. */
export function parseResponse(xml: string): Result<EposResponse, string> {
  const elements = elementsOf(xml);
  const found = elements?.find((one) => one.name === 'response');
  const status = Number(found?.attributes['status']);
  const success = found?.attributes['success'];
  if (found === undefined || success === undefined || !Number.isSafeInteger(status))
    return err('The answer is no ePOS-Print response.');
  const whole = {
    success: success === 'true' || success === '1',
    code: found.attributes['code'] ?? '',
    status,
  };
  return ok(whole);
}

/** The job inside a request; an empty one asks for the status. Null where the document is not of ePOS-Print. */
export function parseRequest(xml: string): Uint8Array | null {
  const elements = elementsOf(xml);
  if (elements === null || !elements.some((one) => one.name === 'epos-print')) return null;
  const hex = elements
    .filter((one) => one.name === 'command')
    .map((one) => one.text.trim())
    .join('');
  return /^(?:[0-9a-fA-F]{2})*$/.test(hex) ? Uint8Array.from(Buffer.from(hex, 'hex')) : null;
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
