import { currencyExponent } from '../money/currency.ts';
import { proportion } from '../money/rounding.ts';
import type { PosItem, PosTender, PosTransaction } from './transaction.ts';

/** The namespace of ARTS/IXRetail POSLog 2.x. */
export const POSLOG_NAMESPACE = 'http://www.nrf-arts.org/IXRetail/namespace/';

type Attributes = Readonly<Record<string, string>>;
interface Element {
  name: string;
  attributes: Attributes;
  content: string | readonly Element[];
}

/** A unit's price that does not come out even is written with as many digits more. */
const UNIT_PRICE_DIGITS_MORE = 4;
const PPM_PER_PERCENT = 10_000;

/**
 * A transaction as an ARTS POSLog 2.2 document. Elements and their order are those of the standard's retail
 * transaction as far as it is used here; nothing is validated against the schema, which is not free to copy.
 */
export function poslogXml(transaction: PosTransaction): string {
  const { kind, currency } = transaction;
  const money = (minor: number): string => decimal(minor, currencyExponent(currency));
  const items = transaction.items.map((item, i) => itemLine(item, i + 1, transaction, money));
  const tenders = transaction.tenders.map((tender, i) =>
    tenderLine(tender, items.length + i + 1, kind, currency, money),
  );
  const taxes =
    transaction.tax_line === undefined
      ? []
      : [taxLine(items.length + tenders.length + 1, money(transaction.tax_line))];
  const head = [
    text('RetailStoreID', transaction.store_code),
    text('WorkstationID', transaction.workstation),
    text('SequenceNumber', String(transaction.number)),
    text('BusinessDayDate', transaction.business_date),
    text('BeginDateTime', transaction.began_at),
    text('EndDateTime', transaction.ended_at),
    text('OperatorID', transaction.operator),
    text('CurrencyCode', currency),
  ];
  const retail = element(
    'RetailTransaction',
    { Version: '2.2', TransactionStatus: kind === 'void' ? 'PostVoided' : 'Delivered' },
    [
      ...items,
      ...tenders,
      ...taxes,
      total('TransactionNetAmount', money(transaction.net)),
      total('TransactionTaxAmount', money(transaction.tax)),
      total('TransactionGrandAmount', money(transaction.grand)),
    ],
  );
  const flags = { CancelFlag: String(kind === 'void'), TrainingModeFlag: String(transaction.training) };
  const versions = { xmlns: POSLOG_NAMESPACE, MajorVersion: '2', MinorVersion: '2', FixVersion: '1' };
  const root = element('POSLog', versions, [element('Transaction', flags, [...head, retail])]);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${written(root, '')}\n`;
}

function itemLine(
  item: PosItem,
  sequence: number,
  { currency, original }: PosTransaction,
  money: (minor: number) => string,
): Element {
  const digits = currencyExponent(currency) + UNIT_PRICE_DIGITS_MORE;
  // Of money for no goods the sum is the price.
  const units = item.quantity === 0 ? 1 : item.quantity;
  const even = item.extended % units === 0;
  const actual = even
    ? money(item.extended / units)
    : decimal(proportion(item.extended, 10 ** UNIT_PRICE_DIGITS_MORE, units), digits);
  const link =
    item.kind === 'return' && original !== undefined
      ? [
          element('TransactionLink', { ReasonCode: 'Return' }, [
            text('RetailStoreID', original.store_code),
            text('WorkstationID', original.workstation),
            text('BusinessDayDate', original.business_date),
            text('SequenceNumber', String(original.number)),
          ]),
        ]
      : [];
  const content = [
    element('POSIdentity', { POSIDType: item.pos_id_type }, [text('POSItemID', item.pos_item_id)]),
    text('ItemID', item.item_id),
    text('Description', item.description),
    text('RegularSalesUnitPrice', money(item.regular_unit_price)),
    text('ActualSalesUnitPrice', actual),
    text('ExtendedAmount', money(item.extended)),
    text('Quantity', String(item.quantity), { UnitOfMeasureCode: 'EA' }),
    ...item.modifiers.map((modifier, i) =>
      element('RetailPriceModifier', { MethodCode: modifier.method }, [
        text('SequenceNumber', String(i + 1)),
        text('Amount', money(modifier.amount), { Action: 'Subtract' }),
        ...(modifier.rule_id === undefined
          ? []
          : [element('PriceDerivationRule', {}, [text('PriceDerivationRuleID', modifier.rule_id)])]),
      ]),
    ),
    ...item.taxes.map((tax) =>
      element('Tax', { TaxType: tax.type }, [
        text('TaxableAmount', money(tax.taxable), { TaxIncludedInTaxableAmountFlag: String(tax.included) }),
        text('Amount', money(tax.amount)),
        text('Percent', percent(tax.rate_ppm)),
      ]),
    ),
    ...(item.serial === undefined ? [] : [text('SerialNumber', item.serial)]),
    ...link,
  ];
  return element('LineItem', { EntryMethod: 'Scanned', VoidFlag: 'false' }, [
    text('SequenceNumber', String(sequence)),
    element(item.kind === 'sale' ? 'Sale' : 'Return', { ItemType: item.item_type }, content),
  ]);
}

function tenderLine(
  tender: PosTender,
  sequence: number,
  kind: PosTransaction['kind'],
  currency: string,
  money: (minor: number) => string,
): Element {
  const amount = (minor: number) => text('Amount', money(minor), { Currency: currency });
  const typeCode = kind === 'return' ? 'Refund' : 'Sale';
  return element('LineItem', { VoidFlag: 'false' }, [
    text('SequenceNumber', String(sequence)),
    element('Tender', { TenderType: tender.type, TypeCode: typeCode }, [
      amount(tender.amount),
      ...(tender.change === 0 ? [] : [element('TenderChange', {}, [amount(tender.change)])]),
      element('Authorization', {}, [text('ReferenceNumber', tender.reference)]),
    ]),
  ]);
}

const taxLine = (sequence: number, amount: string): Element =>
  element('LineItem', { VoidFlag: 'false' }, [
    text('SequenceNumber', String(sequence)),
    element('Tax', { TaxType: 'VAT' }, [text('Amount', amount)]),
  ]);

const total = (type: string, amount: string): Element => text('Total', amount, { TotalType: type });

const element = (name: string, attributes: Attributes, content: readonly Element[]): Element => ({
  name,
  attributes,
  content,
});
const text = (name: string, content: string, attributes: Attributes = {}): Element => ({
  name,
  attributes,
  content,
});

function written({ name, attributes, content }: Element, indent: string): string {
  const said = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`);
  const inner =
    typeof content === 'string'
      ? escaped(content)
      : `\n${content.map((child) => `${written(child, `${indent}  `)}\n`).join('')}${indent}`;
  return `${indent}<${name}${said.join('')}>${inner}</${name}>`;
}

/** XML 1.0 holds no control characters but three, and no lone surrogates: they are left out, the rest is escaped. */
const escaped = (value: string): string =>
  value
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly those are meant
    .replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

/** An integer of `digits` decimal places as XML Schema's decimal: 1048 and 2 is 10.48. */
export function decimal(value: number, digits: number): string {
  const all = String(Math.abs(value)).padStart(digits + 1, '0');
  const sign = value < 0 ? '-' : '';
  if (digits === 0) return `${sign}${all}`;
  return `${sign}${all.slice(0, -digits)}.${all.slice(-digits)}`;
}

/** At least two places: 20.00, 4.875. */
const percent = (ppm: number): string =>
  decimal(ppm, Math.log10(PPM_PER_PERCENT)).replace(/(\.\d\d\d*?)0*$/, '$1');
