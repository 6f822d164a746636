import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { at, judgeExchange, readProbe } from './judge.ts';
import { type LaneEntry, nextBatch } from './lane.ts';
import { EasProfile, leavesOf, Step, standing } from './profile.ts';
import { EAS_PROFILES } from './profiles/index.ts';
import { buildRequest, finalWord, keyOf, type Mark } from './request.ts';
import { RETRY_AFTER_MS, retryAtMs } from './retry.ts';
import { escapeXml, fillJson, fillText, UnknownPlaceholder } from './template.ts';

/** `shared` knows no platform, its tests ask for what they need. */
const { process } = z
  .object({ process: z.object({ env: z.object({ LONG: z.string().optional() }) }) })
  .parse(globalThis);
const LONG = process.env.LONG !== undefined;

const mark = (n: number, to: Mark['to'] = 'retail_sold', ref = 'ord_1'): Mark => {
  const epc = n.toString(16).toUpperCase().padStart(24, '0');
  return { key: keyOf({ ref, epc, to }), epc, to, ref, at: '2026-07-01T10:00:00.000Z' };
};
const answer = (status: number, body: unknown = '', retryAfterMs: number | null = null) => ({
  kind: 'answer' as const,
  status,
  retryAfterMs,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const step = (more: object = {}): Step => Step.parse({ method: 'POST', path: '/x', ...more });

describe('profiles', () => {
  it('say of each of their fields whether a document states it', () => {
    for (const profile of EAS_PROFILES.values()) {
      for (const leaf of leavesOf(profile))
        expect([profile.vendor, leaf, standing(profile, leaf)]).not.toContain(null);
      // A pointer that points at nothing would be a claim about nothing.
      for (const pointer of [...profile.documented, ...profile.placeholder])
        expect([profile.vendor, pointer, at(profile, pointer) !== undefined]).toEqual([
          profile.vendor,
          pointer,
          true,
        ]);
      for (const to of ['retail_sold', 'sellable_accessible'] as const) {
        expect(profile.marks[to]).toBeDefined();
        if (profile.probe !== undefined) expect(finalWord(profile, to)).toBeDefined();
      }
    }
  });

  it('claim nothing of vendors whose protocol nobody has published', () => {
    for (const vendor of ['chainway', 'sensormatic', 'sievert', 'tego', 'generic']) {
      const profile = EAS_PROFILES.get(vendor);
      expect(profile?.documented).toEqual([]);
    }
    const sml = EAS_PROFILES.get('sml');
    if (sml === undefined) throw new Error('no profile');
    expect(standing(sml, '/marks/retail_sold/0/path')).toBe('documented');
    expect(standing(sml, '/marks/retail_sold/0/body/status')).toBe('placeholder');
    expect(standing({ documented: [], placeholder: ['/a'] }, '/ab')).toBeNull();
  });

  it('are refused when they would read back with nothing, or leave a field unmarked', () => {
    const base = EAS_PROFILES.get('keonn');
    expect(EasProfile.safeParse({ ...base, verify_after: true }).success).toBe(false);
    expect(EasProfile.safeParse({ ...base, placeholder: ['/marks'] }).success).toBe(false);
    expect(EasProfile.safeParse({ ...base, more: 1 }).success).toBe(false);
  });
});

describe('templates', () => {
  it('put what they are given in its place and nowhere else', () => {
    const values = { epc: 'A&B "<x>"', epcs: ['1', '2'], items: [{ n: 1 }] };
    expect(fillText('/t/{{epc}}?q={{ epcs }}', values, encodeURIComponent)).toBe(
      '/t/A%26B%20%22%3Cx%3E%22?q=1,2',
    );
    expect(fillText('<t>{{epc}}</t>', values, escapeXml)).toBe('<t>A&amp;B &quot;&lt;x&gt;&quot;</t>');
    expect(
      fillJson({ list: '{{epcs}}', all: '{{items}}', text: 'x {{epc}}', n: 1, no: null }, values),
    ).toEqual({
      list: ['1', '2'],
      all: [{ n: 1 }],
      text: 'x A&B "<x>"',
      n: 1,
      no: null,
    });
    expect(() => fillText('{{nobody}}', values)).toThrow(UnknownPlaceholder);
    expect(() => fillText('{{constructor}}', values)).toThrow(UnknownPlaceholder);
  });

  it('cannot be broken out of by any text, in a path, a form, XML or JSON', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (ref) => {
        const one = { ...mark(1), ref };
        const profile = EAS_PROFILES.get('generic');
        if (profile === undefined) throw new Error('no profile');
        const inPath = buildRequest(profile, step({ path: '/a/{{ref}}/b' }), [one]);
        expect(inPath.path.split('/')).toHaveLength(4);
        expect(decodeURIComponent(inPath.path.split('/')[2] ?? '')).toBe(ref);
        const inForm = buildRequest(profile, step({ content: 'form', body: { a: '{{ref}}', b: '1' } }), [
          one,
        ]);
        const [a = '', b] = (inForm.body ?? '').split('&');
        expect(decodeURIComponent(a.slice(2).replaceAll('+', ' '))).toBe(ref);
        expect(b).toBe('b=1');
        const inJson = buildRequest(profile, step({ content: 'json', body: { a: '{{ref}}' } }), [one]);
        expect(JSON.parse(inJson.body ?? '')).toEqual({ a: ref });
        const soap = step({ content: 'soap', body: '<a>{{ref}}</a>{{items}}', item: '<b>{{ref}}</b>' });
        const xml = buildRequest(profile, soap, [one]).body ?? '';
        expect(xml.match(/<[ab]>/g)).toEqual(['<a>', '<b>']);
      }),
      { seed: 8, numRuns: LONG ? 3_000 : 150 },
    );
  });
});

describe('an answer', () => {
  const two = [mark(1), mark(2)];
  const outcomes = (one: Step, exchange: Parameters<typeof judgeExchange>[2]): string[] =>
    judgeExchange(one, two, exchange).map(({ outcome, code }) => `${outcome} ${code}`);

  it.each([
    [200, 'taken'],
    [204, 'taken'],
    [206, 'refused'],
    [301, 'refused'],
    [400, 'refused'],
    [401, 'credentials'],
    [403, 'credentials'],
    [404, 'refused'],
    [408, 'again'],
    [409, 'refused'],
    [422, 'refused'],
    [425, 'again'],
    [429, 'again'],
    [500, 'again'],
    [503, 'again'],
  ])('of %i means %s', (status, outcome) => {
    expect(outcomes(step(), answer(status))).toEqual([
      `${outcome} http_${status}`,
      `${outcome} http_${status}`,
    ]);
  });

  it('that never came may come another time', () => {
    expect(outcomes(step(), { kind: 'timeout' })).toEqual(['again timeout', 'again timeout']);
    expect(outcomes(step(), { kind: 'network', detail: 'x' })).toEqual(['again network', 'again network']);
    expect(judgeExchange(step(), two, answer(503, '', 7_000))[0]?.retryAfterMs).toBe(7_000);
  });

  it('of one verdict a tag is read tag by tag', () => {
    const results = {
      list: '/data/items',
      epc: '/id',
      ok: '/ok',
      equals: [true],
      code: '/why',
      permanent_codes: ['unknown_tag'],
    };
    const one = step({ success: { results } });
    const items = [
      { id: two[0]?.epc.toLowerCase(), ok: true },
      { id: two[1]?.epc, ok: false, why: 'unknown_tag' },
    ];
    expect(outcomes(one, answer(200, { data: { items } }))).toEqual([
      'taken http_200',
      'refused unknown_tag',
    ]);
    expect(outcomes(one, answer(200, { data: { items: items.slice(0, 1) } }))[1]).toBe('again not_listed');
    expect(outcomes(one, answer(200, 'no json'))).toEqual(['again unreadable', 'again unreadable']);
    const failed = step({ success: { failed: '/failed' } });
    expect(outcomes(failed, answer(200, { failed: [two[1]?.epc] }))).toEqual([
      'taken http_200',
      'again failed',
    ]);
    const xml = step({ success: { xml: { element: 'R', equals: ['ok'] } } });
    expect(outcomes(xml, answer(200, '<a:R x="1"> ok </a:R>'))[0]).toBe('taken http_200');
    expect(outcomes(xml, answer(200, '<R>no stock</R>'))[0]).toBe('refused no stock');
    expect(outcomes(xml, answer(200, '<html>'))[0]).toBe('again unreadable');
  });

  it('to a question names the states of the tags that it knows', () => {
    const probe = { step: step(), list: '/tags', epc: '/e', state: '/s' };
    const body = JSON.stringify({ tags: [{ e: two[0]?.epc, s: 'sold' }] });
    expect([...(readProbe(probe, two, body) ?? [])]).toEqual([[two[0]?.epc, 'sold']]);
    expect(readProbe(probe, two, '{}')).toBeNull();
    expect(readProbe({ step: step(), state: '/s' }, [mark(1)], '{"s":1}')?.get(mark(1).epc)).toBe('1');
  });
});

describe('the lanes', () => {
  it('never let a change of a tag overtake an earlier one of the same tag, whatever fails and how batches fall', () => {
    const Change = fc.record({ tag: fc.integer({ min: 1, max: 4 }), order: fc.integer({ min: 1, max: 3 }) });
    fc.assert(
      fc.property(
        fc.array(Change, { minLength: 1, maxLength: 30 }),
        fc.infiniteStream(fc.constantFrom('taken', 'again', 'refused')),
        fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
        (changes, fates, batchMax, oneOrder) => {
          const sold = new Map<number, boolean>();
          let waiting: (LaneEntry & { attempts: number })[] = changes.map(({ tag, order }, seq) => {
            sold.set(tag, !(sold.get(tag) ?? false));
            const { epc, ref, to } = mark(
              tag,
              sold.get(tag) ? 'retail_sold' : 'sellable_accessible',
              `ord_${order}`,
            );
            return { seq, epc, ref, to, step: 0, due_at: 0, attempts: 0 };
          });
          const ended = new Map<string, number>();
          let nowMs = 0;
          for (let turn = 0; turn < 5_000 && waiting.length > 0; turn++) {
            const batch = nextBatch(waiting, nowMs, { batchMax, oneOrder });
            if (batch.length === 0) {
              nowMs = Math.min(...waiting.map((one) => one.due_at).filter((due) => due > nowMs));
              continue;
            }
            expect(batch.length).toBeLessThanOrEqual(batchMax);
            expect(new Set(batch.map((one) => one.to)).size).toBe(1);
            if (oneOrder) expect(new Set(batch.map((one) => one.ref)).size).toBe(1);
            for (const one of batch) {
              expect(one.due_at).toBeLessThanOrEqual(nowMs);
              // Everything of this tag before it has ended.
              expect(waiting.some((other) => other.epc === one.epc && other.seq < one.seq)).toBe(false);
              const fate = fates.next().value;
              const due = fate === 'again' ? retryAtMs(one.attempts + 1, nowMs, null) : null;
              if (due === null) {
                expect(ended.get(one.epc) ?? -1).toBeLessThan(one.seq);
                ended.set(one.epc, one.seq);
                waiting = waiting.filter((other) => other !== one);
              } else Object.assign(one, { due_at: due, attempts: one.attempts + 1 });
            }
          }
          expect(waiting).toEqual([]);
        },
      ),
      { seed: 3, numRuns: LONG ? 3_000 : 200 },
    );
  });
});

describe('the schedule', () => {
  it('is 1, 5, 30, 120 and 600 seconds, longer where the vendor asks, and then nothing', () => {
    expect(RETRY_AFTER_MS).toEqual([1_000, 5_000, 30_000, 120_000, 600_000]);
    expect(retryAtMs(1, 50, null)).toBe(1_050);
    expect(retryAtMs(1, 50, 90_000)).toBe(90_050);
    expect(retryAtMs(5, 50, 1)).toBe(600_050);
    expect(retryAtMs(6, 50, 90_000)).toBeNull();
  });
});
