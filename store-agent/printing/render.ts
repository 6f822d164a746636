import { type DrawnSlip, drawSlip } from '../../hardware/raster/draw_slip.ts';
import type { Rasterizer } from '../../hardware/raster/rasterizer.ts';
import {
  type Charset,
  layoutReceipt,
  markCopy,
  type PaperColumns,
  type PrinterProfile,
  parseMarkup,
  ReceiptDocument,
  renderEscpos,
  type Slip,
} from '../../shared/receipt/index.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { PrintJob } from '../state/print_jobs.ts';

/** What a job is laid out for. */
export interface Paper {
  readonly columns: PaperColumns;
  readonly profile: PrinterProfile;
  readonly charset: Charset;
}

/** How the agent draws: the thread, and the names of the logos that markup may use. */
export interface Drawer {
  readonly raster: Pick<Rasterizer, 'dots' | 'symbol' | 'logo' | 'png'>;
  readonly logos: ReadonlySet<string>;
}

export interface RenderedJob {
  readonly bytes: Uint8Array;
  /** What of it the printer cannot show and nobody could draw: sentences for staff. */
  readonly notes: readonly string[];
}

type JobPart = Pick<PrintJob, 'kind' | 'source' | 'copies' | 'copy'>;

/**
 * The bytes of a whole job. Of an order or receipt there is one original: every further paper says COPY.
 * `receipt` is the order's; markup and receipts bring their own. The error is a sentence for staff.
 */
export async function renderJob(
  job: JobPart,
  receipt: ReceiptDocument | null,
  paper: Paper,
  drawer: Drawer,
): Promise<Result<RenderedJob, string>> {
  const papers: Uint8Array[] = [];
  const notes = new Set<string>();
  for (let n = 0; n < job.copies; n++) {
    const copy = job.copy || (n > 0 && job.kind !== 'markup');
    const drawn = await drawnPaper({ ...job, copy }, receipt, paper, drawer);
    if (!drawn.ok) return drawn;
    papers.push(renderEscpos(drawn.value.slip, paper.profile));
    for (const note of drawn.value.notes) notes.add(note);
  }
  const bytes = new Uint8Array(papers.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const one of papers) {
    bytes.set(one, at);
    at += one.length;
  }
  return ok({ bytes, notes: [...notes] });
}

/** The first paper of a job as it will come out, pictures and all. */
export async function drawnPaper(
  job: Pick<PrintJob, 'kind' | 'source' | 'copy'>,
  receipt: ReceiptDocument | null,
  paper: Paper,
  drawer: Drawer,
): Promise<Result<DrawnSlip, string>> {
  const slip = slipOf(job, receipt, paper, drawer.logos);
  return slip.ok ? ok(await drawSlip(slip.value, paper.profile, drawer.raster)) : slip;
}

function slipOf(
  { kind, source, copy }: Pick<PrintJob, 'kind' | 'source' | 'copy'>,
  receipt: ReceiptDocument | null,
  { columns, charset }: Paper,
  logos: ReadonlySet<string>,
): Result<Slip, string> {
  if (kind === 'markup') {
    const slip = parseMarkup(source ?? '', { columns, charset, logos });
    if (!slip.ok) return err(`The markup cannot be read: ${slip.error.detail}`);
    return ok(copy ? markCopy(slip.value) : slip.value);
  }
  const document = kind === 'order' ? receipt : ReceiptDocument.parse(JSON.parse(source ?? 'null'));
  if (document === null) return err('The receipt of this order is not here.');
  return ok(layoutReceipt({ ...document, copy: copy || document.copy === true }, { columns, charset }));
}
