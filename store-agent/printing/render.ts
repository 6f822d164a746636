import {
  layoutReceipt,
  markCopy,
  type PaperColumns,
  parseMarkup,
  ReceiptDocument,
  renderEscpos,
  type Slip,
} from '../../shared/receipt/index.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { PrintJob } from '../state/print_jobs.ts';

/**
 * The bytes of a whole job. Of an order or receipt there is one original: every further paper says COPY.
 * `receipt` is the order's; markup and receipts bring their own. The error is a sentence for staff.
 */
export function renderJob(
  job: Pick<PrintJob, 'kind' | 'source' | 'copies' | 'copy'>,
  receipt: ReceiptDocument | null,
  columns: PaperColumns,
): Result<Uint8Array, string> {
  const papers: Uint8Array[] = [];
  for (let n = 0; n < job.copies; n++) {
    const slip = slipOf(job, receipt, columns, job.copy || (n > 0 && job.kind !== 'markup'));
    if (!slip.ok) return slip;
    papers.push(renderEscpos(slip.value));
  }
  const bytes = new Uint8Array(papers.reduce((sum, paper) => sum + paper.length, 0));
  let at = 0;
  for (const paper of papers) {
    bytes.set(paper, at);
    at += paper.length;
  }
  return ok(bytes);
}

function slipOf(
  job: Pick<PrintJob, 'kind' | 'source'>,
  receipt: ReceiptDocument | null,
  columns: PaperColumns,
  copy: boolean,
): Result<Slip, string> {
  if (job.kind === 'markup') {
    const slip = parseMarkup(job.source ?? '', { columns, charset: 'cp858' });
    if (!slip.ok) return err(`The markup cannot be read: ${slip.error.detail}`);
    return ok(copy ? markCopy(slip.value) : slip.value);
  }
  const document = job.kind === 'order' ? receipt : ReceiptDocument.parse(JSON.parse(job.source ?? 'null'));
  if (document === null) return err('The receipt of this order is not here.');
  return ok(
    layoutReceipt({ ...document, copy: copy || document.copy === true }, { columns, charset: 'cp858' }),
  );
}
