import { err, ok, type Result } from '../result.ts';

/**
 * The link of the Unified Payments Interface, which every UPI app opens or reads from a QR symbol. Lengths are those
 * of NPCI's UPI linking specification; `tr` is at most 35.
 */
const PA_MAX = 255;
const PN_MAX = 99;
const TR_MAX = 35;
const TN_MAX = 50;
/** Paise of 18 characters with the point, far above any limit of a bank. */
const AMOUNT_MAX = 9_999_999_999_999;

/** `name@handle`. */
const VPA = /^[A-Za-z0-9][A-Za-z0-9._-]*@[A-Za-z][A-Za-z0-9.-]*$/;

export const isVpa = (text: string): boolean => text.length <= PA_MAX && VPA.test(text);

interface UpiLink {
  /** The payee's address. */
  pa: string;
  /** The payee's name, as the app shows it; cut where it is too long. */
  pn: string;
  /** Category of the merchant (ISO 18245), four digits. */
  mc?: string | undefined;
  /** Our reference, letters and digits. */
  tr: string;
  /** What it is for; cut where it is too long. */
  tn: string;
  /** In paise. */
  amount: number;
}

/** `upi://pay?…`, or which field cannot be written. Rupees only. */
export function upiLink(link: UpiLink): Result<string, 'pa' | 'pn' | 'mc' | 'tr' | 'amount'> {
  const { pa, pn, mc, tr, tn, amount } = link;
  if (!isVpa(pa)) return err('pa');
  if (pn.trim() === '') return err('pn');
  if (mc !== undefined && !/^\d{4}$/.test(mc)) return err('mc');
  if (tr.length > TR_MAX || !/^[A-Za-z0-9]+$/.test(tr)) return err('tr');
  if (!Number.isSafeInteger(amount) || amount <= 0 || amount > AMOUNT_MAX) return err('amount');
  const fields = [
    ['pa', pa],
    ['pn', cut(pn, PN_MAX)],
    ...(mc === undefined ? [] : [['mc', mc]]),
    ['tr', tr],
    ...(tn.trim() === '' ? [] : [['tn', cut(tn, TN_MAX)]]),
    ['am', `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, '0')}`],
    ['cu', 'INR'],
  ];
  return ok(`upi://pay?${fields.map(([name, value = '']) => `${name}=${encoded(value)}`).join('&')}`);
}

/** By characters, so that none is cut in two. */
const cut = (text: string, max: number): string => Array.from(text.trim()).slice(0, max).join('').trim();

/** Apps read the address as it is written: its `@` stays. A space is `%20`, never a plus. */
const encoded = (value: string): string => encodeURIComponent(value.toWellFormed()).replaceAll('%40', '@');
