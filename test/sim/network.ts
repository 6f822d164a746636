import type { Behaviour } from '../../edge/payment/fake/control.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

/** How one message fares. Milliseconds; `there` null: it never arrives; `back` null: its answer never does. */
interface Fate {
  there: number | null;
  back: number | null;
  /** A copy arrives this much later. */
  again: number | null;
  /** The sender sees the line break; else she waits. */
  breaks: boolean;
  name: string;
}

const SECOND = 1_000;
/** A provider refuses a signature that is older than five minutes: nothing later than this can do anything. */
const LATEST_ARRIVAL_MS = 280 * SECOND;

/**
 * The lines between the objects, the store and the provider, and the provider's moods. How bad all this is belongs to
 * the walk; from the moment it is `healed` every message arrives once and is answered.
 */
export class Network {
  healed = false;
  readonly #world: World;
  readonly #random: Random;
  /** From 0, where nothing goes wrong, to 1. */
  readonly #chaos: number;
  /** Until when the store is hardly reached, as while its object moves. */
  #out = 0;

  constructor(world: World, random: Random, chaos: number) {
    this.#world = world;
    this.#random = random;
    this.#chaos = chaos;
  }

  get #bad(): number {
    return this.healed ? 0 : this.#chaos;
  }

  /** Puts a question to `answer`, wherever that is. A rejected promise is a broken line; one for ever open, a silent one. */
  ask<T>(what: string, answer: () => Promise<T>, fate: Fate): Promise<T> {
    const { there, back, again, breaks, name } = fate;
    if (name !== 'ok') this.#world.note(() => `line  ${what}: ${name}`);
    return new Promise<T>((resolve, reject) => {
      const broken = () => reject(new Error(`the line broke: ${what}`));
      if (there === null) {
        if (breaks) this.#world.after(20, broken);
        return;
      }
      this.#world.after(there, () => {
        answer().then(
          (value) => {
            if (back !== null) this.#world.after(back, () => resolve(value));
            else if (breaks) this.#world.after(20, broken);
          },
          (error: unknown) => {
            this.#world.note(() => `line  ${what}: ${String(error)}`);
            this.#world.after(back ?? 20, broken);
          },
        );
      });
      if (again !== null) this.#world.after(there + again, () => void answer().catch(() => undefined));
    });
  }

  /** Of a request to the provider. */
  toProvider(): Fate {
    const { there, back } = this.#quick(5, 400);
    const fate = { there, back, again: null, breaks: true, name: 'ok' };
    const b = this.#bad;
    const random = this.#random;
    return random.weighted<() => Fate>([
      [10, () => fate],
      [b, () => ({ ...fate, there: null, name: 'request lost' })],
      [b, () => ({ ...fate, there: null, breaks: false, name: 'request lost in silence' })],
      [b, () => ({ ...fate, back: null, name: 'answer lost' })],
      [b, () => ({ ...fate, back: null, breaks: false, name: 'answer lost in silence' })],
      [b, () => ({ ...fate, back: random.between(10 * SECOND, 60 * SECOND), name: 'answer late' })],
      [b, () => ({ ...fate, there: random.between(10 * SECOND, LATEST_ARRIVAL_MS), name: 'request late' })],
      [b, () => ({ ...fate, again: random.between(1, LATEST_ARRIVAL_MS), name: 'doubled' })],
    ])();
  }

  /** Of a call to the store: the platform answers or throws, it is never silent. */
  toStore(): Fate {
    const { there, back } = this.#quick(0, 5);
    const fate = { there, back, again: null, breaks: true, name: 'ok' };
    const b = this.#bad;
    if (this.#random.chance(0.02 * b))
      this.#out = this.#world.now + this.#random.between(SECOND, 180 * SECOND);
    return this.#random.weighted<Fate>([
      [this.#out > this.#world.now ? 0.5 : 8, fate],
      [b, { ...fate, there: null, name: 'call lost' }],
      [b, { ...fate, back: null, name: 'answer lost' }],
    ]);
  }

  /** When the copies of a provider's message come, in milliseconds from now; none: it is lost. */
  toUs(): number[] {
    const random = this.#random;
    if (this.#bad === 0) return [random.between(1, 500)];
    if (random.chance(0.2 * this.#bad)) return [];
    const copies = random.chance(0.3) ? random.between(2, 4) : 1;
    return Array.from({ length: copies }, () =>
      random.weighted<() => number>([
        [6, () => random.between(0, 2 * SECOND)],
        [2, () => random.between(2 * SECOND, 60 * SECOND)],
        [1, () => random.between(1 * SECOND, 1_200 * SECOND)],
        [0.5, () => random.between(600 * SECOND, 7_200 * SECOND)],
      ])(),
    );
  }

  /** What the provider makes of its next piece of work. */
  mood(): Behaviour {
    return this.#random.weighted<Behaviour>([
      [10, 'approve'],
      ...MOODS.map(([weight, mood]) => [weight * this.#bad, mood] as const),
    ]);
  }

  /** How late an alarm rings: a platform that moves its objects may sleep for a while. */
  alarmLateness(): number {
    if (this.#bad === 0) return this.#random.between(0, 50);
    const random = this.#random;
    return random.weighted<() => number>([
      [20, () => random.between(0, 50)],
      [2 * this.#bad, () => random.between(SECOND, 60 * SECOND)],
      [this.#bad, () => random.between(60 * SECOND, 2_400 * SECOND)],
    ])();
  }

  /** How far a machine's clock stands from the world's. */
  skew(): number {
    return this.#bad === 0 ? 0 : this.#random.between(-2 * SECOND, 2 * SECOND);
  }

  #quick(least: number, most: number): { there: number; back: number } {
    return { there: this.#random.between(least, most), back: this.#random.between(least, most) };
  }
}

const MOODS: readonly (readonly [number, Behaviour])[] = [
  [2, 'decline'],
  [1, 'decline_soft'],
  [3, 'challenge'],
  [2, 'pending'],
  [2, 'commit_then_drop'],
  [1, 'drop_before_commit'],
  [1, 'fail_before_commit'],
  [2, 'fail_after_commit'],
  [1, 'rate_limited'],
  [0.5, 'wrong_amount'],
  [0.5, 'wrong_currency'],
  [1, 'partial'],
  [1, 'refund_pending'],
  [1, 'refund_fails'],
];
