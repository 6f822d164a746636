import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { judge } from './oracle.ts';
import { GoldenCase } from './wire.ts';

const file = new URL('../../vectors/promotions.json', import.meta.url);
const cases = z.array(GoldenCase).parse(JSON.parse(readFileSync(file, 'utf8')));

describe('The oracle agrees with the golden cases', () => {
  it('has all of them', () => expect(cases).toHaveLength(113));

  it.each(cases.map((golden) => [golden.id, golden] as const))('%s', (_, golden) => {
    const verdict = judge(golden);
    expect(verdict).toMatchObject({ cashback_total: 0, tender_total: 0, ...golden.expected });
  });
});
