import { z } from 'zod';
import { DeviceId, OrderId } from '../../shared/ids/index.ts';
import { ReceiptDocument } from '../../shared/receipt/index.ts';
import { MARKUP_CHARS_MAX } from '../../shared/receipt/markup.ts';

export const COPIES_MAX = 5;

/** The body of `POST /v1/print_jobs`: exactly one of an order, a receipt and markup. */
export const PrintRequest = z
  .strictObject({
    order_id: OrderId.optional(),
    receipt: ReceiptDocument.optional(),
    markup: z.string().min(1).max(MARKUP_CHARS_MAX).optional(),
    printer_id: DeviceId.optional(),
    copies: z.int().min(1).max(COPIES_MAX).optional(),
    /** Asks for another paper of an order that was printed already; it says COPY. */
    copy: z.literal(true).optional(),
  })
  .refine((r) => [r.order_id, r.receipt, r.markup].filter((one) => one !== undefined).length === 1, {
    message: 'exactly one of order_id, receipt and markup',
  })
  .refine((r) => r.copy === undefined || r.order_id !== undefined, {
    message: 'copy goes with order_id',
    path: ['copy'],
  });
export type PrintRequest = z.infer<typeof PrintRequest>;
