import { z } from 'zod';
import {
  layoutReceipt,
  type ReceiptDocument,
  renderStarLine,
  renderText,
  STAR_CHARSET,
} from '../../shared/receipt/index.ts';
import type { CloudPrintResult } from '../../shared/rpc/cloud_print.ts';

const COLUMNS = 48;

/** What a job may be fetched as, the best first (Star CloudPRNT, content media types). */
export const STAR_MEDIA = ['application/vnd.star.line', 'text/plain'] as const;
export type StarMedia = (typeof STAR_MEDIA)[number];

/** The poll of a printer: of what it tells we need whether it can print and whether it is printing. */
export const StarPoll = z.looseObject({
  /** "200 OK", as in a URL. */
  statusCode: z.string().max(200).optional(),
  printingInProgress: z.boolean().nullish(),
  jobToken: z.string().max(200).nullish(),
});

export const StarOffer = z.object({
  jobReady: z.boolean(),
  mediaTypes: z.array(z.string()).optional(),
  jobToken: z.string().optional(),
});

/** Status codes of CloudPRNT: 2xx works, 4xx waits for a hand (paper, cover), 5xx is about the job. */
function statusOf(code: string | undefined): number {
  const text = code ?? '200 OK';
  if (/^OK/i.test(text)) return 200;
  return Number(/^\d{3}/.exec(text)?.[0] ?? 0);
}

export function isReady(statusCode: string | undefined): boolean {
  const status = statusOf(statusCode);
  return status >= 200 && status < 300;
}

/**
 * What the code of a confirmation says of the paper. A job that could not be fetched, read or held in memory never
 * reached it (5xx); one that ran out of paper or was opened may have been half out.
 */
export function resultOfCode(code: string): CloudPrintResult {
  const status = statusOf(code);
  if (status >= 200 && status < 300) return 'printed';
  return status >= 500 && status < 600 ? 'failed' : 'doubtful';
}

export function starJob(receipt: ReceiptDocument, media: StarMedia): Uint8Array<ArrayBuffer> {
  if (media === 'text/plain') {
    const slip = layoutReceipt(receipt, { columns: COLUMNS });
    return Uint8Array.from(new TextEncoder().encode(renderText(slip)));
  }
  const slip = layoutReceipt(receipt, { columns: COLUMNS, charset: STAR_CHARSET });
  return Uint8Array.from(renderStarLine(slip));
}
