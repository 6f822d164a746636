import type { Basket, DecideVerification, OverridePrice } from '../../shared/api/basket.ts';
import type { Order, ReviewOrder } from '../../shared/api/order.ts';
import { ok } from '../../shared/result.ts';
import { type ChecksForCloud, DecideCheck, ReviewBag } from '../../shared/rpc/checks.ts';
import {
  type BasketForCloud,
  ChangeRefund,
  PreviewRefund,
  RefundStaff,
  RequestRefund,
  StaffReceipt,
} from '../../shared/rpc/refunds.ts';
import { BasketShell, type Verb } from './basket_shell.ts';
import { changeCollection } from './change_collection.ts';
import { changeRefund } from './change_refund.ts';
import { overridePrice } from './override_price.ts';
import type { Answer, Call, ChangeCollection, OrderWithPass, StaffCall } from './port.ts';
import { previewRefund } from './preview_refund.ts';
import { reach, requestRefund } from './refund.ts';
import { viewRefunds } from './refund_view.ts';
import { reviewOrder } from './review.ts';
import { staffCall } from './staff_call.ts';
import { receiptForStaff, storyFor } from './story.ts';
import { refuse } from './trip.ts';
import { decideVerification } from './verify.ts';
import { viewBasket } from './view.ts';

/** What staff do with a basket and its order, at the edge or through the cloud. */
export abstract class BasketObjectForStaff extends BasketShell implements BasketForCloud, ChecksForCloud {
  overridePrice(call: StaffCall, lineId: string, request: OverridePrice): Promise<Answer<Basket>> {
    return this.command(
      call,
      (trip, memory) => overridePrice(trip, call.caller, lineId, request, memory),
      'staff',
    );
  }

  decideVerification(
    call: StaffCall,
    verdict: 'approved' | 'rejected',
    request: DecideVerification,
  ): Promise<Answer<Basket>> {
    return this.command(
      call,
      (trip, memory) => decideVerification(trip, call.caller, verdict, request, memory),
      'staff',
    );
  }

  async reviewOrder(call: Call, review: ReviewOrder): Promise<Answer<OrderWithPass>> {
    const reviewer = call.caller.kind === 'staff' ? call.caller.staff_id : '';
    const verb: Verb<Order> = (trip, memory) => reviewOrder(trip, { ...review, reviewer }, memory);
    return this.ordered(call, await this.command(call, verb, 'review'));
  }

  async changeCollection(call: Call, change: ChangeCollection): Promise<Answer<OrderWithPass>> {
    const verb: Verb<Order> = (trip, memory) => changeCollection(trip, call.caller, change, memory);
    return this.ordered(call, await this.command(call, verb, change.do === 'cancel' ? 'act' : 'staff'));
  }

  // ---- for the cloud: payloads of another Worker are parsed here ----

  async basketFor(input: RefundStaff): ReturnType<ChecksForCloud['basketFor']> {
    const denied = this.denied(staffCall(RefundStaff.parse(input)), 'read_basket');
    return denied ?? ok(viewBasket(this.sql, Date.now()));
  }

  async decideCheck(input: DecideCheck): ReturnType<ChecksForCloud['decideCheck']> {
    const { staff, key, verdict, request } = DecideCheck.parse(input);
    const decided = await this.decideVerification(staffCall(staff, key), verdict, request);
    return decided.ok ? ok(decided.value.body) : decided;
  }

  async reviewBag(input: ReviewBag): ReturnType<ChecksForCloud['reviewBag']> {
    const { staff, key, review } = ReviewBag.parse(input);
    const reviewed = await this.reviewOrder(staffCall(staff, key), review);
    return reviewed.ok ? ok(reviewed.value.body.order) : reviewed;
  }

  async requestRefund(input: RequestRefund): ReturnType<BasketForCloud['requestRefund']> {
    const request = RequestRefund.parse(input);
    return this.forStaff((trip) => requestRefund(trip, request));
  }

  async changeRefund(input: ChangeRefund): ReturnType<BasketForCloud['changeRefund']> {
    const change = ChangeRefund.parse(input);
    return this.forStaff((trip) => changeRefund(trip, change));
  }

  async refundsFor(input: RefundStaff): ReturnType<BasketForCloud['refundsFor']> {
    const staff = RefundStaff.parse(input);
    return this.forStaff(async (trip) => {
      const reached = await reach(trip, staff);
      return reached.ok ? ok(viewRefunds(this.sql)) : reached;
    });
  }

  async previewRefund(input: PreviewRefund): ReturnType<BasketForCloud['previewRefund']> {
    const request = PreviewRefund.parse(input);
    return this.forStaff((trip) => previewRefund(trip, request));
  }

  async story(input: RefundStaff): ReturnType<BasketForCloud['story']> {
    return this.created ? storyFor(this.sql, RefundStaff.parse(input)) : refuse('not_found');
  }

  async receiptForStaff(input: StaffReceipt): ReturnType<BasketForCloud['receiptForStaff']> {
    return this.created ? receiptForStaff(this.sql, StaffReceipt.parse(input)) : refuse('not_found');
  }
}
