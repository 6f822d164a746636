import type { DeviceCredential } from '../../shared/config/store_config.ts';
import { type Bucket, take } from '../../shared/http/token_bucket.ts';
import * as limit from './limits.ts';

const DEVICE = {
  messagesPerS: limit.MESSAGES_PER_S_MAX,
  messagesBurst: limit.MESSAGES_BURST_MAX,
  bytesPerS: limit.MESSAGE_BYTES_PER_S_MAX,
  bytesBurst: limit.MESSAGE_BYTES_BURST_MAX,
};
const GATE = {
  messagesPerS: limit.GATE_MESSAGES_PER_S_MAX,
  messagesBurst: limit.GATE_MESSAGES_BURST_MAX,
  bytesPerS: limit.GATE_BYTES_PER_S_MAX,
  bytesBurst: limit.GATE_BYTES_BURST_MAX,
};
export type PublishLimits = typeof DEVICE;
export const limitsFor = (kind: DeviceCredential['kind']): PublishLimits => (kind === 'gate' ? GATE : DEVICE);

/** How much one device may publish: messages and bytes, each a bucket. `cut`: it was told often enough. */
export class PublishRate {
  readonly #limits: PublishLimits;
  #messages: Bucket | undefined;
  #bytes: Bucket | undefined;
  #drops = 0;
  #windowAtMs = 0;

  constructor(limits: PublishLimits) {
    this.#limits = limits;
  }

  /** `bytes` are those of topic and payload; a message larger than the burst never passes. */
  take(nowMs: number, bytes: number): 'pass' | 'drop' | 'cut' {
    const { messagesPerS, messagesBurst, bytesPerS, bytesBurst } = this.#limits;
    const messages = take(this.#messages, nowMs, messagesPerS, messagesBurst);
    const size = take(this.#bytes, nowMs, bytesPerS, bytesBurst, Math.max(1, bytes));
    // Neither bucket pays for a message that the other one refuses.
    if (messages.allowed && size.allowed) {
      this.#messages = messages.bucket;
      this.#bytes = size.bucket;
      return 'pass';
    }
    if (nowMs - this.#windowAtMs >= limit.DROPS_WINDOW_MS) {
      this.#windowAtMs = nowMs;
      this.#drops = 0;
    }
    this.#drops += 1;
    return this.#drops > limit.DROPS_BEFORE_CUT_MAX ? 'cut' : 'drop';
  }
}
