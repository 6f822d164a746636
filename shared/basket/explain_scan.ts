import type { ScanExplanation } from '../api/scan_test.ts';
import { gs1ElementsOf } from '../catalog/attempts/element_string.ts';
import { decodeEpc, segmentsOf } from '../catalog/epc/decode.ts';
import { canonicalEpc, type Epc } from '../catalog/epc.ts';
import { entryOf } from '../catalog/gs1/entries.ts';
import type { Item } from '../catalog/item.ts';
import type { Answer, CodeFields, CodeLookup, ScanError, ScanRules, Verdict } from '../catalog/resolution.ts';
import { resolve } from '../catalog/resolve.ts';
import type { Reading, ScanInput } from '../catalog/scan.ts';
import { formatMoney } from '../money/format.ts';
import { chargeOf } from './charge.ts';
import {
  BAD_CODE_SENTENCES,
  CHARGE_SENTENCES,
  KIND_SENTENCES,
  PASS_SENTENCES,
  STEP_TITLES,
} from './scan_sentences.ts';

type Lookup = ScanExplanation['steps'][number]['lookups'][number];

/**
 * How a code is understood, told by the resolver itself while it resolves: this listens to its attempts and to what
 * they ask of the shelf, and decides nothing.
 */
export function explainScan(input: ScanInput, shelf: CodeLookup<Item>, rules: ScanRules): ScanExplanation {
  const steps: ScanExplanation['steps'] = [];
  let asked: Lookup[] = [];
  let reading: Reading | null = null;
  const answer = resolve(
    input,
    listening(shelf, (lookup) => asked.push(lookup)),
    rules,
    {
      cleaned: (cleaned) => {
        reading = cleaned.ok ? cleaned.value : null;
      },
      tried: (step, verdict) => {
        steps.push({ step, title: STEP_TITLES[step], ...verdictOf(verdict), lookups: asked });
        asked = [];
      },
    },
  );
  const fields = fieldsOf(answer);
  return {
    code: input.raw,
    reading: shownReading(reading),
    steps,
    ...outcomeOf(answer, rules),
    fields: shownFields(fields, rules.currency),
    elements: reading === null ? [] : shownElements(reading),
    tag: shownTag(fields.epc ?? (reading === null ? null : hexOf(reading))),
  };
}

function listening(shelf: CodeLookup<Item>, heard: (lookup: Lookup) => void): CodeLookup<Item> {
  const told = (by: string, key: string, items: readonly Item[]) => {
    heard({ by, key, items: items.map(({ id, sku, name }) => ({ id, sku, name })) });
    return items;
  };
  return {
    byCode: (code) => told('code', code, shelf.byCode(code)),
    byGtin14: (gtin) => told('gtin', gtin, shelf.byGtin14(gtin)),
    bySku: (sku) => told('sku', sku, shelf.bySku(sku)),
    byEpc: (epc) => {
      const item = shelf.byEpc(epc);
      // A unit may stand on dozens of tags that nobody wrote: only what was found is worth a line.
      if (item !== null) told('tag', epc, [item]);
      return item;
    },
    byAlias: (code) => {
      const items = shelf.byAlias?.(code) ?? [];
      return items.length === 0 ? items : told('alias', code, items);
    },
    bySuffix: (digits) => told('suffix', digits, shelf.bySuffix?.(digits) ?? []),
  };
}

function verdictOf(verdict: Verdict<Item>): Pick<ScanExplanation['steps'][number], 'verdict' | 'why'> {
  if (typeof verdict === 'string') return { verdict: 'passed', why: PASS_SENTENCES[verdict] };
  if (!verdict.ok) return { verdict: 'refused', why: errorSentence(verdict.error) };
  const { value } = verdict;
  return {
    verdict: 'recognised',
    why: value.kind === 'item' ? `It names ${value.item.name}.` : KIND_SENTENCES[value.kind],
  };
}

function errorSentence(error: ScanError<Item>): string {
  if (error.code === 'unknown_item') return 'It is sound, and no item of this store answers to it.';
  if (error.code === 'item_expired') return `${error.item.name} has passed its date, ${error.expired}.`;
  const why = error.why === undefined ? '' : ` (${error.why})`;
  const among = error.candidates?.map(({ name }) => name).join(', ');
  return `${BAD_CODE_SENTENCES[error.detail]}${why}${among === undefined ? '' : ` They are: ${among}.`}`;
}

function outcomeOf(answer: Answer<Item>, rules: ScanRules): Pick<ScanExplanation, 'outcome' | 'item'> {
  if (!answer.ok) {
    const { error } = answer;
    const detail =
      error.code === 'bad_code' ? error.detail : error.code === 'item_expired' ? error.expired : undefined;
    const problem = { code: error.code, ...(detail === undefined ? {} : { detail }) };
    const item = error.code === 'item_expired' ? shownItem(error.item, null) : null;
    return { outcome: { kind: 'refused', problem, sentence: errorSentence(error) }, item };
  }
  const { value } = answer;
  if (value.kind !== 'item')
    return {
      outcome: {
        kind: 'no_item',
        problem: { code: 'bad_code', detail: value.kind },
        sentence: KIND_SENTENCES[value.kind],
      },
      item: null,
    };
  const { item } = value;
  const charge = chargeOf(value, { markdown_promotable: rules.policy.rtc.promotable });
  if (!charge.ok) {
    const sentence = CHARGE_SENTENCES[charge.error.detail] ?? charge.error.detail;
    return { outcome: { kind: 'refused', problem: charge.error, sentence }, item: shownItem(item, null) };
  }
  const price = charge.value?.unit_price ?? item.unit_price;
  const late = value.best_before_passed === true ? ' It is past its best-before date.' : '';
  const sentence = `${item.name} for ${formatMoney(price, rules.currency)}.${late}`;
  return { outcome: { kind: 'item', sentence }, item: shownItem(item, price) };
}

const shownItem = (
  { id, sku, name, unit_price, sold_by }: Item,
  line_price: number | null,
): ScanExplanation['item'] => ({ id, sku, name, unit_price, sold_by, line_price });

function fieldsOf(answer: Answer<Item>): CodeFields {
  if (answer.ok) return answer.value.kind === 'item' ? answer.value : {};
  return answer.error.code === 'unknown_item' ? (answer.error.read ?? {}) : {};
}

function shownFields(fields: CodeFields, currency: string): ScanExplanation['fields'] {
  const { markdown, net_grams, price_minor, count } = fields;
  const reduced =
    markdown === undefined
      ? undefined
      : markdown.mode === 'fixed'
        ? `at ${formatMoney(markdown.value, currency)}`
        : `by ${markdown.value / 100} %`;
  const rows: [string, string | undefined][] = [
    ['GTIN', fields.gtin14],
    ['Tag', fields.epc],
    ['Serial', fields.serial],
    ['Lot', fields.lot],
    ['Use by', fields.expiry],
    ['Best before', fields.best_before],
    ['Weight', net_grams === undefined ? undefined : `${net_grams} g`],
    ['Count', count === undefined ? undefined : String(count)],
    ['Price on the label', price_minor === undefined ? undefined : formatMoney(price_minor, currency)],
    ['Reduced', reduced],
    ['Issue', fields.supplement],
  ];
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
}

function shownReading(reading: Reading | null): ScanExplanation['reading'] {
  if (reading === null) return null;
  const { text, kind, aim, supplement } = reading;
  return {
    text,
    kind,
    ...(aim === undefined ? {} : { aim }),
    ...(supplement === undefined ? {} : { supplement }),
  };
}

function shownElements(reading: Reading): ScanExplanation['elements'] {
  const elements = gs1ElementsOf(reading);
  if (elements === null || !elements.ok) return [];
  return elements.value.map(({ ai, value }) => ({ ai, title: entryOf(ai)?.title ?? '', value }));
}

/** A tag that was refused or that nobody sells has bits to look at too. */
function hexOf({ text, kind }: Reading): Epc | null {
  const epc = kind === 'gs1' ? null : canonicalEpc(text);
  return epc?.ok ? epc.value : null;
}

function shownTag(epc: Epc | null): ScanExplanation['tag'] {
  if (epc === null) return null;
  const identity = decodeEpc(epc);
  return {
    epc,
    scheme: identity.ok ? identity.value.scheme : null,
    uri: identity.ok ? identity.value.uri : null,
    digital_link: identity.ok ? identity.value.digital_link : null,
    segments: segmentsOf(epc).map(({ name, from, bits, value }) => ({ name, from, bits, value })),
  };
}
