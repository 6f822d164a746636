import { directPrintXml } from '../../shared/receipt/epos_xml.ts';
import {
  charsetOf,
  EPSON,
  layoutReceipt,
  type ReceiptDocument,
  renderEscpos,
} from '../../shared/receipt/index.ts';

const COLUMNS = 48;
const DEVID = 'local_printer';
const JOB_MS_MAX = 20_000;

/** A paper as the answer to a poll of Epson's Server Direct Print. No pictures are drawn at the edge. */
export function directPrintJob(receipt: ReceiptDocument, token: string): string {
  const slip = layoutReceipt(receipt, { columns: COLUMNS, charset: charsetOf(EPSON, false) });
  return directPrintXml(renderEscpos(slip, EPSON), DEVID, token, JOB_MS_MAX);
}
