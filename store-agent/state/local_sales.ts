/**
 * Tags that this agent sold by itself while the line was cut, by order, until the edge has committed that
 * order. Meanwhile they count as sold whatever revisions arrive: those are stored, and not shown.
 */
export class LocalSales {
  readonly #epcsOf = new Map<string, Set<string>>();
  /** Oldest first; a tag sold twice by mistake is pending under both orders. */
  readonly #ordersOf = new Map<string, string[]>();

  get size(): number {
    return this.#ordersOf.size;
  }

  /** The order that a tag is pending under, the latest one, or undefined. */
  orderOf(epc: string): string | undefined {
    return this.#ordersOf.get(epc)?.at(-1);
  }

  epcs(): IterableIterator<string> {
    return this.#ordersOf.keys();
  }

  sell(orderId: string, epcs: readonly string[]): void {
    const sold = this.#epcsOf.get(orderId) ?? new Set<string>();
    for (const epc of epcs) {
      if (sold.has(epc)) continue;
      sold.add(epc);
      this.#ordersOf.set(epc, [...(this.#ordersOf.get(epc) ?? []), orderId]);
    }
    if (sold.size > 0) this.#epcsOf.set(orderId, sold);
  }

  /** The edge speaks of this tag under this order, so it has committed it. Answers whether that was awaited. */
  settleTag(orderId: string, epc: string): boolean {
    const sold = this.#epcsOf.get(orderId);
    if (sold?.delete(epc) !== true) return false;
    if (sold.size === 0) this.#epcsOf.delete(orderId);
    const left = (this.#ordersOf.get(epc) ?? []).filter((one) => one !== orderId);
    if (left.length === 0) this.#ordersOf.delete(epc);
    else this.#ordersOf.set(epc, left);
    return true;
  }

  /** The whole order is committed. Answers the tags that were pending under it. */
  settle(orderId: string): string[] {
    const epcs = [...(this.#epcsOf.get(orderId) ?? [])];
    for (const epc of epcs) this.settleTag(orderId, epc);
    return epcs;
  }
}
