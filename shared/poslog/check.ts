import { err, ok, type Result } from '../result.ts';
import { childOf, childrenOf, readXml, type XmlNode } from './read_xml.ts';
import { POSLOG_NAMESPACE } from './xml.ts';

/** What a document says of itself, once it was proven to balance. Amounts as written. */
export interface CheckedPoslog {
  store_code: string;
  workstation: string;
  number: string;
  business_date: string;
  cancelled: boolean;
  grand: string;
}

export type PoslogFault = { code: 'unreadable' | 'incomplete' | 'unbalanced'; detail: string };

/** Amounts are compared as integers of this many decimal places, never as fractions. */
const PLACES = 8;

/**
 * Reads a POSLog document again as its receiver would and proves that it balances: the lines come to the tenders
 * less change and to the grand amount, net and tax too, every line to its price less its modifiers.
 */
export function checkPoslog(document: string): Result<CheckedPoslog, PoslogFault> {
  const read = readXml(document);
  if (!read.ok) return err({ code: 'unreadable', detail: read.error });
  const { name, namespace } = read.value;
  if (name !== 'POSLog' || namespace !== POSLOG_NAMESPACE)
    return err({ code: 'unreadable', detail: 'not a POSLog of the ARTS namespace' });
  const transaction = childOf(read.value, 'Transaction');
  const retail = childOf(transaction, 'RetailTransaction');
  if (transaction === undefined || retail === undefined)
    return err({ code: 'incomplete', detail: 'no retail transaction' });
  const missing = IDENTITY.find((field) => textOf(transaction, field) === '');
  if (missing !== undefined) return err({ code: 'incomplete', detail: `no ${missing}` });
  const lines = childrenOf(retail, 'LineItem');
  if (lines.some((line, i) => textOf(line, 'SequenceNumber') !== String(i + 1)))
    return err({ code: 'incomplete', detail: 'the lines are not numbered from 1 on' });
  const fault = unbalanced(retail, lines);
  if (fault !== null) return err({ code: 'unbalanced', detail: fault });
  return ok({
    store_code: textOf(transaction, 'RetailStoreID'),
    workstation: textOf(transaction, 'WorkstationID'),
    number: textOf(transaction, 'SequenceNumber'),
    business_date: textOf(transaction, 'BusinessDayDate'),
    cancelled: transaction.attributes['CancelFlag'] === 'true',
    grand: totalText(retail, 'TransactionGrandAmount'),
  });
}

const IDENTITY = ['RetailStoreID', 'WorkstationID', 'SequenceNumber', 'BusinessDayDate', 'CurrencyCode'];

function unbalanced(retail: XmlNode, lines: readonly XmlNode[]): string | null {
  const sales = lines.flatMap((line) => childrenOf(line, 'Sale'));
  const returns = lines.flatMap((line) => childrenOf(line, 'Return'));
  const sold = [...sales, ...returns];
  const signed = (node: XmlNode, amount: bigint) => (node.name === 'Return' ? -amount : amount);
  const extended = total(sold.map((node) => signed(node, amountOf(node, 'ExtendedAmount'))));
  const taxes = sold.flatMap((node) => childrenOf(node, 'Tax').map((tax) => ({ node, tax })));
  const taxed = total(taxes.map(({ node, tax }) => signed(node, amountOf(tax, 'Amount'))));
  // Taxes of a line that does not contain them, and a tax that stands alone.
  const apart = taxes.filter(({ tax }) => childOf(tax, 'TaxableAmount')?.attributes[INCLUDED] === 'false');
  const added = total(apart.map(({ node, tax }) => signed(node, amountOf(tax, 'Amount'))));
  const alone = lines.flatMap((line) => childrenOf(line, 'Tax')).map((tax) => amountOf(tax, 'Amount'));
  const tendered = total(lines.flatMap((line) => childrenOf(line, 'Tender')).map(tenderOf));
  const [net, tax, grand] = ['Net', 'Tax', 'Grand'].map((what) =>
    scaled(totalText(retail, `Transaction${what}Amount`)),
  );
  if (net === undefined || tax === undefined || grand === undefined) return 'a total is missing';
  if (net + tax !== grand) return 'net and tax are not the grand amount';
  if (taxed + total(alone) !== tax) return 'the taxes of the lines are not the tax';
  if (extended + added !== grand && extended + total(alone) !== grand)
    return 'the lines are not the grand amount';
  if (tendered !== grand) return 'the tenders less change are not the grand amount';
  const wrong = sales.findIndex((sale) => priceOf(sale) !== amountOf(sale, 'ExtendedAmount'));
  return wrong < 0 ? null : `sale ${wrong + 1} is not its price less its modifiers`;
}

const INCLUDED = 'TaxIncludedInTaxableAmountFlag';

function tenderOf(tender: XmlNode): bigint {
  const amount = amountOf(tender, 'Amount') - amountOf(childOf(tender, 'TenderChange'), 'Amount');
  return tender.attributes['TypeCode'] === 'Refund' ? -amount : amount;
}

function priceOf(sale: XmlNode): bigint {
  const quantity = BigInt(textOf(sale, 'Quantity'));
  const modifiers = childrenOf(sale, 'RetailPriceModifier').map((modifier) => {
    const amount = amountOf(modifier, 'Amount');
    return childOf(modifier, 'Amount')?.attributes['Action'] === 'Add' ? amount : -amount;
  });
  return amountOf(sale, 'RegularSalesUnitPrice') * quantity + total(modifiers);
}

const total = (amounts: readonly bigint[]): bigint => amounts.reduce((sum, one) => sum + one, 0n);
const textOf = (node: XmlNode, name: string): string => childOf(node, name)?.text ?? '';
const totalText = (retail: XmlNode, type: string): string =>
  childrenOf(retail, 'Total').find(({ attributes }) => attributes['TotalType'] === type)?.text ?? '';
const amountOf = (node: XmlNode | undefined, name: string): bigint =>
  scaled(childOf(node, name)?.text ?? '') ?? 0n;

/** XML Schema's decimal as an integer; undefined: none. */
function scaled(text: string): bigint | undefined {
  const parts = /^(-?)(\d+)(?:\.(\d{1,8}))?$/.exec(text);
  if (parts === null) return undefined;
  const [, sign = '', whole = '', fraction = ''] = parts;
  const value = BigInt(whole + fraction.padEnd(PLACES, '0'));
  return sign === '-' ? -value : value;
}
