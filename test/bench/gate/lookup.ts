import { TagReader } from '../../../store-agent/state/packed/reader.ts';
import { TagWriter } from '../../../store-agent/state/packed/writer.ts';
import { orderId } from '../../../store-agent/testing/fixtures.ts';

const LOOKUPS = 1_000_000;
const TURNS = 9;

/** How long a lookup takes and what the tags take, beside a Set of strings in the same run. */
export function measureLookup(): string {
  const lines = [
    '',
    `Lookups of random tags, median (and best) of ${TURNS} turns of ${LOOKUPS.toLocaleString('en')}`,
  ];
  for (const count of [100_000, 500_000, 1_000_000]) {
    const epcs = Array.from(
      { length: count },
      (_, n) => `3034257BF7${(n * 97).toString(16).toUpperCase().padStart(14, '0')}`,
    );
    const table = TagWriter.empty(count);
    for (const [n, epc] of epcs.entries()) {
      const sold = n % 2 === 0;
      const order_id = sold ? orderId(Math.floor(n / 6)) : null;
      table.set(epc, {
        status: sold ? 'sold' : 'unsold',
        rev: n + 1,
        item_id: null,
        name: `Item ${n % 5_000}`,
        order_id,
      });
    }
    const reader = new TagReader({ generation: 1, store: table.buffers, local: TagWriter.empty().buffers });
    const picks = Uint32Array.from({ length: LOOKUPS }, () => Math.floor(Math.random() * count));
    // The words of an EPC as they come off the wire, and the canonical text that a driver gives.
    const words = new Int32Array(LOOKUPS * 3);
    const texts: string[] = [];
    for (const [at, pick] of picks.entries()) {
      const epc = epcs[pick] ?? '';
      for (let word = 0; word < 3; word++)
        words[at * 3 + word] = Number.parseInt(epc.slice(word * 8, word * 8 + 8), 16) | 0;
      texts.push(`${epc} `.slice(0, 24));
    }
    const set = new Set(epcs);
    let found = 0;
    const wire = medianNs(() => {
      for (let n = 0; n < LOOKUPS; n++)
        if (reader.isSold(words[n * 3] ?? 0, words[n * 3 + 1] ?? 0, words[n * 3 + 2] ?? 0) === true)
          found += 1;
    });
    const unknown = medianNs(() => {
      for (let n = 0; n < LOOKUPS; n++)
        if (reader.isSold(words[n * 3] ?? 0, words[n * 3 + 1] ?? 0, ~(words[n * 3 + 2] ?? 0)) === true)
          found += 1;
    });
    const text = medianNs(() => {
      for (const epc of texts) if (reader.statusOf(epc) === 'sold') found += 1;
    });
    const plain = medianNs(() => {
      for (const epc of texts) if (set.has(epc)) found += 1;
    });
    if (found === 0) throw new Error('nothing was found');
    const perMillion = (table.bytes / count).toFixed(1);
    const slots = (table.buffers.slots.byteLength / count).toFixed(1);
    lines.push(
      `${count.toLocaleString('en').padStart(10)} tags: ${wire} ns from wire words, ${unknown} ns for an unknown tag, ` +
        `${text} ns from text (Set.has of strings: ${plain} ns); ${perMillion} MB a million with names and order ids (${slots} without)`,
    );
  }
  return lines.join('\n');
}

/** The best turn is the one that others disturbed least. */
function medianNs(turn: () => void): string {
  const times: number[] = [];
  for (let n = 0; n < TURNS; n++) {
    const began = performance.now();
    turn();
    times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  const ns = (ms: number | undefined): string => (((ms ?? 0) * 1e6) / LOOKUPS).toFixed(0);
  return `${ns(times[Math.floor(TURNS / 2)])} (${ns(times[0])})`;
}
