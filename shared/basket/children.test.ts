import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Item } from '../catalog/item.ts';
import { settleChildren } from './children.ts';
import { change, lineId, type PlacedLine } from './lines.ts';
import { placeAll } from './place.ts';

const id = (n: number) => `itm_00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const item = (n: number, more: object = {}): Item =>
  Item.parse({
    id: id(n),
    sku: `S${n}`,
    name: `Item ${n}`,
    gtins: [],
    codes: [],
    category: [],
    unit_price: 249,
    tax_code: 'standard',
    sold_by: 'each',
    tagged: false,
    ...more,
  });
const deposit = { name: 'Pfand', amount: 25, tax_code: 'pfand', containers: 1 };
const crate = item(1, { deposit: { ...deposit, item_id: id(9), sku: '1661890', containers: 20 } });
const scan = (before: readonly PlacedLine[], of: Item, quantity: number, made: number) =>
  placeAll(before, [{ code: 'x', taken: { item: of } }], quantity, made);
const shape = (lines: readonly PlacedLine[]) =>
  lines.map((line) => [line.line_id, line.kind ?? 'item', line.quantity, line.parent_line_id ?? null]);

it('a deposit comes with its item, grows with it and goes with it', () => {
  const first = scan([], crate, 1, 0);
  expect(shape(first.lines)).toEqual([
    ['lin_1', 'item', 1, null],
    ['lin_2', 'deposit', 20, 'lin_1'],
  ]);
  expect(first.lines[1]?.item).toMatchObject({
    id: id(9),
    sku: '1661890',
    unit_price: 25,
    tax_code: 'pfand',
  });
  expect(first.touched.map(({ line }) => line.line_id)).toEqual(['lin_1']);
  const grown = scan(first.lines, crate, 2, first.made);
  expect(shape(grown.lines)).toEqual([
    ['lin_1', 'item', 3, null],
    ['lin_2', 'deposit', 60, 'lin_1'],
  ]);
  expect([first.made, grown.made]).toEqual([2, 2]);
  expect(
    settleChildren(
      grown.lines.filter(({ n }) => n !== 1),
      2,
    ).lines,
  ).toEqual([]);
});

it('a child takes no quantity of its own; only an add-on may be taken out alone', () => {
  const { lines } = scan([], crate, 1, 0);
  const bread = item(3);
  const extra: PlacedLine = {
    ...{ n: 3, line_id: lineId(3), item: bread, quantity: 1, gtin: null, epc: null, charge: null },
    ...{ kind: 'addon', parent_line_id: lineId(1), per_parent: 1 },
  };
  const code = (line_id: string, quantity: number) => {
    const verdict = change([...lines, extra], line_id, quantity);
    return verdict.ok ? 'ok' : verdict.error.code;
  };
  expect([code('lin_2', 0), code('lin_2', 5)]).toEqual(['quantity_fixed', 'quantity_fixed']);
  expect([code('lin_3', 0), code('lin_3', 2)]).toEqual(['ok', 'quantity_fixed']);
});

it('an item with add-ons never shares a line', () => {
  const burger = item(4, { kind: 'with_addons' });
  const one = scan([], burger, 1, 0);
  const two = scan(one.lines, burger, 1, one.made);
  expect(shape(two.lines)).toEqual([
    ['lin_1', 'item', 1, null],
    ['lin_2', 'item', 1, null],
  ]);
});

it('the newest deposit counts for all units of a line, and one that is gone goes', () => {
  const first = scan([], crate, 1, 0);
  const dearer = item(1, { deposit: { ...deposit, amount: 30, containers: 2 } });
  const second = scan(first.lines, dearer, 1, first.made);
  expect(second.lines[1]).toMatchObject({ quantity: 4, item: { unit_price: 30 }, per_parent: 2 });
  expect(shape(scan(second.lines, item(1), 1, second.made).lines)).toEqual([['lin_1', 'item', 3, null]]);
});

it('whatever happens to the lines, every deposit stands for its parent’s containers', () => {
  const steps = fc.array(
    fc.record({ n: fc.integer({ min: 1, max: 3 }), quantity: fc.integer({ min: 0, max: 4 }) }),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(steps, (sequence) => {
      let lines: PlacedLine[] = [];
      let made = 0;
      for (const { n, quantity } of sequence) {
        const of = item(n, { deposit: { ...deposit, containers: n } });
        if (quantity > 0) ({ lines, made } = scan(lines, of, quantity, made));
        else
          ({ lines, made } = settleChildren(
            lines.filter((line) => line.item.id !== id(n)),
            made,
          ));
        for (const line of lines) {
          const child = lines.filter((one) => one.parent_line_id === line.line_id);
          if (line.kind === 'deposit') expect(child).toEqual([]);
          else
            expect(child.map((one) => one.quantity)).toEqual([
              line.quantity * (line.item.deposit?.containers ?? 0),
            ]);
        }
        const again = settleChildren(lines, made);
        expect([again.lines, again.made]).toEqual([lines, made]);
      }
    }),
    { seed: 61, numRuns: 200 },
  );
});
