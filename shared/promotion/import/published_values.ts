import { err, ok, type Result } from '../../result.ts';
import { parseDecimal } from './decimal.ts';
import { type ImportProblem, problem } from './entry.ts';
import type { Fields } from './published.ts';

type Outcome<T> = Result<T, ImportProblem>;

const refuse = (path: string, code: string, message: string): { ok: false; error: ImportProblem } =>
  err(problem(path, code, message));

const QUANTITY_DIGITS = 3;
/** More units than this are grams: some files count weighed goods so without saying it. */
const UNITS_MAX = 999;

/** Whole units: 0 where the field is absent or 0. */
export function units(fields: Fields, name: string): Outcome<number> {
  const text = fields.get(name) ?? '0';
  const milli = parseDecimal(text, QUANTITY_DIGITS);
  if (milli === null || milli % 1_000 !== 0)
    return refuse(name, 'bad_quantity', `${text} is no number of units`);
  if (milli > UNITS_MAX * 1_000)
    return refuse(name, 'bad_quantity', `${text} is more than ${UNITS_MAX} units; the file may count grams`);
  return ok(milli / 1_000);
}

/** Minor units: 0 where the field is absent or 0. */
export function money(fields: Fields, name: string, digits: number): Outcome<number> {
  const text = fields.get(name) ?? '0';
  const amount = parseDecimal(text, digits);
  return amount === null ? refuse(name, 'bad_amount', `${text} is no amount`) : ok(amount);
}

const SPENDS = ['minpurchaseamnt', 'minpurchaseamount', 'additionalminbasketamount', 'additionalminamount'];
/** One till system writes a cent in them where it has no amount. */
const UNEXPLAINED = ['minamount', 'maxamount'];

/** The amount that must be spent, in minor units; 0 for none. */
export function spendOf(fields: Fields, digits: number): Outcome<number> {
  let spend = 0;
  for (const name of SPENDS) {
    const amount = money(fields, name, digits);
    if (!amount.ok) return amount;
    if (spend > 0 && amount.value > 0 && amount.value !== spend)
      return refuse('minpurchaseamnt', 'conflict', 'two amounts to spend');
    spend ||= amount.value;
  }
  for (const name of UNEXPLAINED) {
    const amount = money(fields, name, digits);
    if (!amount.ok) return amount;
    if (amount.value > 1) return refuse(name, 'unknown_condition', 'its meaning is not published');
  }
  return ok(spend);
}

/** False where the field is absent. */
export function flag(fields: Fields, name: string): Outcome<boolean> {
  const text = fields.get(name) ?? '0';
  return text === '0' || text === '1'
    ? ok(text === '1')
    : refuse(name, 'bad_flag', `${text} is neither 0 nor 1`);
}

/**
 * `DiscountRate` in hundredths (of a percent, or of the currency unit when `digits` are 2). Files whose items
 * have rewards of their own write it as it reads, "12.5". The older ones write hundredths without a point: 1000
 * is 10.00. What could be either is refused.
 */
export function rate(fields: Fields, isByItem: boolean): Outcome<number> {
  const text = fields.get('discountrate') ?? '0';
  if (isByItem || text.includes('.')) {
    const value = parseDecimal(text, 2);
    return value === null ? refuse('discountrate', 'bad_rate', `${text} is no rate`) : ok(value);
  }
  const value = parseDecimal(text, 0);
  if (value === null) return refuse('discountrate', 'bad_rate', `${text} is no rate`);
  if (value > 0 && value < 100)
    return refuse(
      'discountrate',
      'ambiguous_rate',
      `${text} could be ${value} or ${(value / 100).toFixed(2)}`,
    );
  return ok(value);
}

const DATE = /^(?:(\d{4})[-/](\d\d)[-/](\d\d)|(\d\d)[-/](\d\d)[-/](\d{4}))(?:[T ](.*))?$/;
const TIME = /^(\d\d):?(\d\d)(?::?(\d\d)(?:\.\d+)?)?$/;
const MIDNIGHT = '00:00:00';

/** `PromotionStart…` or `PromotionEnd…`, as a local date and time; undefined where there is none. */
export function moment(fields: Fields, end: 'start' | 'end'): Outcome<string | undefined> {
  const name = `promotion${end}`;
  const whole = fields.get(`${name}datetime`) ?? fields.get(`${name}date`);
  const hour = fields.get(`${name}hour`);
  if (whole === undefined)
    return hour === undefined ? ok(undefined) : refuse(`${name}date`, 'bad_date', 'an hour without a date');
  const date = DATE.exec(whole);
  if (date === null) return refuse(`${name}date`, 'bad_date', `${whole} is no date`);
  const day = date[1] === undefined ? `${date[6]}-${date[5]}-${date[4]}` : `${date[1]}-${date[2]}-${date[3]}`;
  const dated = date[7] === undefined ? MIDNIGHT : timeOf(date[7]);
  const timed = hour === undefined ? MIDNIGHT : timeOf(hour);
  if (dated === null || timed === null)
    return refuse(`${name}hour`, 'bad_date', `${hour ?? date[7]} is no time of day`);
  if (dated !== MIDNIGHT && timed !== MIDNIGHT && dated !== timed)
    return refuse(`${name}hour`, 'bad_date', `${whole} and ${hour} differ`);
  return ok(`${day}T${dated === MIDNIGHT ? timed : dated}`);
}

function timeOf(text: string): string | null {
  const parts = TIME.exec(text.trim());
  return parts === null ? null : `${parts[1]}:${parts[2]}:${parts[3] ?? '00'}`;
}

interface Club {
  id: string;
  description: string;
}

const EVERYBODY = '0';
const NAMED = /^(\d{1,6})(?:\s*-\s*(.*))?$/;
const ALTERNATIVES = /^\(*\d{1,6}=[^|&()=]*\)*(?:\|\(*\d{1,6}=[^|&()=]*\)*)*$/;

/**
 * The clubs of which one is enough; none is everybody. A club is a number, a number and a name ("1 - …"), or
 * alternatives ("(1=…|2=…)"). One that asks for several at once cannot be expressed.
 */
export function clubsOf(texts: readonly string[]): Outcome<Club[]> {
  const clubs = new Map<string, Club>();
  const add = (number: string, description: string): void => {
    const id = String(Number(number));
    if (!clubs.has(id)) clubs.set(id, { id, description });
  };
  for (const text of texts.filter((written) => written !== '')) {
    const named = NAMED.exec(text);
    if (named !== null) add(named[1] ?? '', named[2] ?? '');
    else if (ALTERNATIVES.test(text)) {
      for (const part of text.replace(/[()]/g, '').split('|')) {
        const [id = '', description = ''] = part.split('=');
        add(id, description.trim());
      }
    } else return refuse('clubs', 'unknown_club', `${text} is no club, nor a choice of clubs`);
  }
  return ok(clubs.has(EVERYBODY) ? [] : [...clubs.values()]);
}
