import type { z } from 'zod';
import type {
  AddAddon,
  AddOpenLine,
  Basket,
  DecideVerification,
  OverridePrice,
  Scan,
  ScanAnswer,
  Verification,
} from '../../shared/api/basket.ts';
import type { PositionFix, PurchaseType } from '../../shared/api/common.ts';
import type {
  CapturePayment,
  ConfirmPayment,
  CreatePayment,
  Order,
  Payment,
  PaymentMethods,
  RejectCollection,
  ReviewOrder,
} from '../../shared/api/order.ts';
import type { ExitPassClaims } from '../../shared/auth/exit_pass.ts';
import type { QuotaExcess } from '../../shared/basket/quota.ts';
import type { ProblemCode, Shortage } from '../../shared/http/problem.ts';
import type { RetailerId, ShopperId, StoreId } from '../../shared/ids/index.ts';
import type { CollectionMove, CollectionStatus } from '../../shared/order/collection.ts';
import type { PaymentChannel } from '../../shared/payment/account.ts';
import type { ReceiptDocument } from '../../shared/receipt/document.ts';
import type { Result } from '../../shared/result.ts';
import type { Debt } from '../../shared/rpc/agents.ts';
import type { WebhookEvent } from '../payment/gateway.ts';

/** Who calls: the shopper whose trip it is, a device of the trip's store, or one of its staff. */
export type Caller =
  | { kind: 'shopper'; shopper_id: ShopperId; store_id: StoreId; retailer_id: RetailerId }
  | { kind: 'store'; retailer_id: RetailerId; store_id: StoreId | null }
  | StaffCaller;

/** A person of the staff; `store_id` null: any store of the retailer. */
export interface StaffCaller {
  kind: 'staff';
  staff_id: string;
  role: 'admin' | 'manager' | 'cashier';
  retailer_id: RetailerId;
  store_id: StoreId | null;
}

/** One call of a client. `idempotency` is absent where the client sent no key. */
export interface Call {
  caller: Caller;
  /** Scheme and host that the client used: the base of webhook and hosted-page addresses. */
  origin: string;
  /** Where the payer of this call stands, as its token's role says; absent: the caller handles no payments. */
  channel?: PaymentChannel;
  idempotency?: { route: string; key: string; body_hash: string };
}

/** A call that only staff can make: no shopper's token ever becomes one. */
export interface StaffCall extends Call {
  caller: StaffCaller;
}

/** A refusal as the client will see it (RFC 9457). */
export interface Refusal {
  code: ProblemCode;
  detail?: string;
  errors?: { path: string; code: string; message: string }[];
  /** Of `out_of_stock`: of which item how many are there. */
  shortage?: Shortage;
  /** Of `quota_exceeded`: what does not fit. */
  quota?: QuotaExcess;
  /** Of `collection_conflict`: where the order stands. */
  collection_status?: CollectionStatus;
}

/** `replayed`: the first success of the same idempotency key, answered again. */
export type Answer<T> = Result<{ body: T; replayed: boolean }, Refusal>;

/** One step of an order to be collected; a reason is for people to read. */
export type ChangeCollection =
  | { do: Extract<CollectionMove, 'accept' | 'ready'> }
  | ({ do: Extract<CollectionMove, 'reject'> } & RejectCollection)
  | { do: Extract<CollectionMove, 'collect'>; token: string }
  | { do: Extract<CollectionMove, 'not_collected' | 'cancel'>; reason?: string | undefined };

/** An order with the claims of its exit pass; the Worker signs them, the object holds no key. */
export interface OrderWithPass {
  order: Order;
  /** Null while the sale is not committed. */
  pass: ExitPassClaims | null;
}

/**
 * What a BasketObject does for the HTTP routes. The object's name is the basket's id; a caller who is
 * neither its shopper nor of its store gets `not_found`, as if it were not there.
 */
export interface BasketForEdge {
  create(call: Call, request?: { purchase_type?: PurchaseType | undefined }): Promise<Answer<Basket>>;
  /** Makes a trip of a till's order that is still owed. Idempotent. */
  adopt(adopted: { debt: Debt; retailer_id: RetailerId }): Promise<void>;
  read(call: Call, include?: { explanation?: boolean; audit?: boolean }): Promise<Answer<Basket>>;
  scan(call: Call, scan: Scan): Promise<Answer<z.infer<typeof ScanAnswer>>>;
  /** The same, as JSON text: a whole basket crosses an RPC far faster as one text than as a tree. */
  scanText(call: Call, scan: Scan): Promise<Answer<string>>;
  /** 0 removes the line. */
  changeLine(call: Call, lineId: string, quantity: number): Promise<Answer<Basket>>;
  /** Something that is chosen beside a line. */
  addAddon(call: Call, lineId: string, addon: AddAddon): Promise<Answer<Basket>>;
  /** Something whose price the shopper says. */
  addOpenLine(call: Call, line: AddOpenLine): Promise<Answer<Basket>>;
  overridePrice(call: StaffCall, lineId: string, price: OverridePrice): Promise<Answer<Basket>>;
  /** Calls staff to the basket; the same while they are on their way. */
  openVerification(call: Call): Promise<Answer<Verification>>;
  readVerification(call: Call): Promise<Answer<Verification>>;
  decideVerification(
    call: StaffCall,
    verdict: 'approved' | 'rejected',
    request: DecideVerification,
  ): Promise<Answer<Basket>>;
  openOrder(
    call: Call,
    request?: { position?: PositionFix | undefined; boarding_pass?: string | undefined },
  ): Promise<Result<{ body: OrderWithPass; created: boolean; replayed: boolean }, Refusal>>;
  readOrder(call: Call): Promise<Answer<OrderWithPass>>;
  cancelOrder(call: Call): Promise<Answer<OrderWithPass>>;
  /** What staff found in the bag. */
  reviewOrder(call: Call, review: ReviewOrder): Promise<Answer<OrderWithPass>>;
  /** What this order can be paid with from where the caller stands. */
  paymentMethods(call: Call): Promise<Answer<PaymentMethods>>;
  /** One step of an order that is fetched later. */
  changeCollection(call: Call, change: ChangeCollection): Promise<Answer<OrderWithPass>>;
  pay(call: Call, request: CreatePayment): Promise<Answer<Payment>>;
  /** Whether money is on its way at this moment, or was taken and the sale is not committed yet. */
  isBeingPaid(): Promise<boolean>;
  readPayment(call: Call, paymentId: string): Promise<Answer<Payment>>;
  /** The payer is back from a redirect or has done her part: ask the provider what became of it. */
  confirmPayment(
    call: Call,
    paymentId: string,
    request: z.infer<typeof ConfirmPayment>,
  ): Promise<Answer<Payment>>;
  /** Takes what is reserved, or a part of it; for a shopper only what was taken already is answered. */
  capturePayment(
    call: Call,
    paymentId: string,
    request: z.infer<typeof CapturePayment>,
  ): Promise<Answer<Payment>>;
  cancelPayment(call: Call, paymentId: string): Promise<Answer<Payment>>;
  receipt(call: Call): Promise<Answer<ReceiptDocument>>;
  refundReceipt(call: Call, refundId: string): Promise<Answer<ReceiptDocument>>;
  /** `refresh` makes a new pass with a new `jti`; otherwise the last one while it is good for half its life. */
  exitPass(call: Call, refresh: boolean): Promise<Answer<ExitPassClaims>>;
  /** A provider's message whose signature was checked; applied once by `event_id`, in any order. */
  /** `replay`: staff want it applied once more; the provider is asked again. */
  applyWebhook(
    webhook: WebhookEvent,
    how?: { replay: boolean },
  ): Promise<Result<{ applied: boolean }, Refusal>>;
}
