import { describe, expect, it } from 'vitest';
import { redact } from './redact.ts';

/** A number with a valid check digit, made here: none stands in the project. */
const numberOf = (body: string): string => {
  for (let check = 0; check < 10; check++) {
    const digits = `${body}${check}`;
    const sum = [...digits].reverse().reduce((total, digit, i) => {
      const doubled = i % 2 === 1 ? Number(digit) * 2 : Number(digit);
      return total + (doubled > 9 ? doubled - 9 : doubled);
    }, 0);
    if (sum % 10 === 0) return digits;
  }
  throw new Error('no check digit');
};
const card = numberOf('400000000000000');

describe('a message as staff read it', () => {
  it('shows what happened and no card number', () => {
    const shown = redact(
      JSON.stringify({ id: 'evt_1', amount: 1250, note: `paid by ${card}`, card: { pan: card } }),
    );
    expect(JSON.parse(shown)).toEqual({
      id: 'evt_1',
      amount: 1250,
      note: `paid by …${card.slice(-4)}`,
      card: { pan: `…${card.slice(-4)}` },
    });
  });
  it('strikes tokens, telephones and addresses wherever they stand', () => {
    const told = {
      a: [{ payment_token: 'tok_1234567890', vpa: 'somebody@bank', phone: '254700000000' }],
      code: 'ok',
    };
    expect(JSON.parse(redact(JSON.stringify(told)))).toEqual({
      a: [{ payment_token: '…7890', vpa: '…bank', phone: '…0000' }],
      code: 'ok',
    });
  });
  it('knows bags of names and values, and numbers that are no text', () => {
    const bag = {
      Item: [
        { Name: 'Amount', Value: 150 },
        { Name: 'PhoneNumber', Value: 254708374149 },
      ],
    };
    expect(JSON.parse(redact(JSON.stringify(bag)))).toEqual({
      Item: [
        { Name: 'Amount', Value: 150 },
        { Name: 'PhoneNumber', Value: '…' },
      ],
    });
    expect(redact(JSON.stringify({ value: Number(card) }))).not.toContain(card);
  });
  it('masks numbers in what is not JSON, and leaves other numbers alone', () => {
    expect(redact(`a=${card}&b=1`)).toBe(`a=…${card.slice(-4)}&b=1`);
    expect(redact('order 1234567890123')).toBe('order 1234567890123');
    const spaced = card.replace(/(.{4})(?=.)/g, '$1 ');
    expect(redact(`card ${spaced}`)).toBe(`card …${card.slice(-4)}`);
  });
});
