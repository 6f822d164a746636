import type { AppliedPromotion, Evaluation, PromotionBasket } from '../basket.ts';
import type { Candidate } from '../match.ts';
import { isBasketFamily } from '../rule.ts';
import { DISCOUNTED, LOCKED, TRIGGER, type Units, unitsOf } from '../units.ts';

/** What an earlier promotion did to a unit. */
export interface Touch {
  /** Place in the evaluation's list of applied promotions. */
  readonly entry: number;
  readonly discount: number;
  readonly isTrigger: boolean;
}

/**
 * An evaluation once more, promotion by promotion, so that one can look at the units as each of the candidates
 * found them. Pieces of a pack are told apart as well as the evaluation does, which names the pack alone.
 */
export class Replay {
  readonly basket: PromotionBasket;
  /** Prices and states at the turn that is looked at. */
  readonly units: Units;
  readonly applied: readonly AppliedPromotion[];
  /** By unit, what happened to it before. */
  readonly touches: Touch[][];
  /** By unit, the item promotion that takes it in this layer, as its place among the applied ones; or -1. */
  readonly holder: Int32Array;
  private readonly candidates: readonly Candidate[];
  private readonly entries = new Map<Candidate, number>();
  private readonly places: Int32Array;
  private readonly lineAt: ReadonlyMap<string, number>;
  private pieces: number[][] = [];

  constructor(basket: PromotionBasket, evaluation: Evaluation, candidates: readonly Candidate[]) {
    this.basket = basket;
    this.units = unitsOf(basket);
    this.applied = evaluation.applied;
    this.candidates = candidates;
    this.touches = Array.from({ length: this.units.count }, () => []);
    this.holder = new Int32Array(this.units.count).fill(-1);
    this.places = new Int32Array(this.applied.length).fill(-1);
    this.lineAt = new Map(basket.lines.map(({ line_id }, at) => [line_id, at]));
    const open = new Map(this.applied.map(({ promotion_id }, entry) => [promotion_id, entry]));
    for (const [place, candidate] of candidates.entries()) {
      const { id } = candidate.rule.promotion;
      const entry = open.get(id);
      if (entry === undefined) continue;
      open.delete(id);
      this.entries.set(candidate, entry);
      this.places[entry] = place;
    }
  }

  /** What the promotion did, as its place among the applied ones; -1: nothing. */
  entryOf(candidate: Candidate): number {
    return this.entries.get(candidate) ?? -1;
  }

  /** Whether the unit was gone when the candidate at this place had its turn in the layer. */
  isHeldBefore(unit: number, place: number): boolean {
    const entry = this.holder[unit] ?? -1;
    if (entry === -1) return false;
    const other = this.places[entry] ?? -1;
    if (other === place) return false;
    // Those that compete have their turn together.
    const competes = this.candidates[place]?.rule.stage === 'best_items';
    return competes ? this.candidates[other]?.rule.stage === 'best_items' : other < place;
  }

  idOf(entry: number): string {
    return this.applied[entry]?.promotion_id ?? '';
  }

  /** Whether the units of an applied promotion are closed to the item promotions of later layers. */
  closesUnits(entry: number): boolean {
    const family = this.applied[entry]?.family;
    const candidate = this.candidates[this.places[entry] ?? -1];
    return family !== undefined && !isBasketFamily(family) && candidate?.rule.exclusive === true;
  }

  /** The units that an applied promotion of this layer gave to. */
  piecesOf(entry: number): readonly number[] {
    const known = this.pieces[entry];
    if (known !== undefined) return known;
    const seen = new Set<number>();
    const own = (this.applied[entry]?.units ?? []).map(({ line_id, unit_index }) => {
      const unit = this.pieceOf(line_id, unit_index, (piece) => !seen.has(piece));
      seen.add(unit);
      return unit;
    });
    this.pieces[entry] = own;
    return own;
  }

  /** The thresholds of a layer that kept another one out: the best of those that compete, or any before it. */
  rivalsOf({ rule }: Candidate, place: number): number[] {
    return this.applied.flatMap(({ layer, family }, entry) => {
      if (layer !== rule.layer || !isBasketFamily(family)) return [];
      const other = this.places[entry] ?? -1;
      const isBest = this.candidates[other]?.rule.stage === 'best_basket';
      return (rule.stage === 'best_basket' ? isBest && other !== place : other < place) ? [entry] : [];
    });
  }

  /** Calls back with every candidate at its turn. */
  walk(visit: (candidate: Candidate, place: number) => void): void {
    for (let at = 0; at < this.candidates.length; ) {
      const layer = this.candidates[at]?.rule.layer ?? 0;
      let end = at;
      while (this.candidates[end]?.rule.layer === layer) end++;
      const own = this.applied.flatMap((one, entry) => (one.layer === layer ? [entry] : []));
      const items = own.filter((entry) => !isBasketFamily(this.applied[entry]?.family ?? 'easy'));
      this.hold(items);
      for (let place = at; place < end; place++) {
        const candidate = this.candidates[place];
        if (candidate !== undefined && !isBasketFamily(candidate.rule.promotion.family))
          visit(candidate, place);
      }
      for (const entry of items) this.commit(entry);
      this.walkThresholds(at, end, visit);
      at = end;
    }
  }

  private walkThresholds(
    from: number,
    to: number,
    visit: (candidate: Candidate, place: number) => void,
  ): void {
    const competing: number[] = [];
    for (let place = from; place < to; place++) {
      const candidate = this.candidates[place];
      if (candidate === undefined || !isBasketFamily(candidate.rule.promotion.family)) continue;
      const entry = this.entryOf(candidate);
      if (candidate.rule.stage === 'best_basket') {
        visit(candidate, place);
        if (entry !== -1) competing.push(entry);
        continue;
      }
      for (const best of competing.splice(0)) this.commit(best);
      visit(candidate, place);
      if (entry !== -1) this.commit(entry);
    }
    for (const best of competing) this.commit(best);
  }

  /** Finds the units of a layer's item promotions. */
  private hold(entries: readonly number[]): void {
    this.holder.fill(-1);
    this.pieces = [];
    for (const entry of entries) {
      this.pieces[entry] = (this.applied[entry]?.units ?? []).map(({ line_id, unit_index }) => {
        const unit = this.pieceOf(line_id, unit_index, (piece) => this.holder[piece] === -1);
        if (unit !== -1) this.holder[unit] = entry;
        return unit;
      });
    }
  }

  private pieceOf(line_id: string, unit_index: number, isFree: (piece: number) => boolean): number {
    const line = this.lineAt.get(line_id);
    if (line === undefined) return -1;
    const { start, place } = this.units;
    const size = this.basket.lines[line]?.pack_size ?? 1;
    const first = (start[line] ?? 0) + unit_index * size;
    for (let piece = first; piece < first + size && piece < (start[line + 1] ?? 0); piece++)
      if (place[piece] === unit_index && isFree(piece)) return piece;
    return -1;
  }

  private commit(entry: number): void {
    const applied = this.applied[entry];
    if (applied === undefined) return;
    const { pay, state } = this.units;
    const closes = this.closesUnits(entry);
    const pieces = this.piecesOf(entry);
    const isOff = applied.applies_as === 'discount' || applied.applies_as === 'poslog_exclusion';
    for (const [i, { discount, role }] of applied.units.entries()) {
      const unit = pieces[i] ?? -1;
      if (unit === -1) continue;
      if (isOff) pay[unit] = Math.max(0, (pay[unit] ?? 0) - discount);
      state[unit] =
        (state[unit] ?? 0) |
        (discount > 0 ? DISCOUNTED : 0) |
        (role === 'trigger' ? TRIGGER : 0) |
        (closes ? LOCKED : 0);
      this.touches[unit]?.push({ entry, discount, isTrigger: role === 'trigger' });
    }
  }
}
