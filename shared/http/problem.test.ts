import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fieldErrors, PROBLEMS, Problem, type ProblemCode, problem } from './problem.ts';

const isCode = (text: string): text is ProblemCode => text in PROBLEMS;
const codes = Object.keys(PROBLEMS).filter(isCode);

describe.each(codes)('%s', (code) => {
  const [status, title] = PROBLEMS[code];

  it('is a name that a client may switch on, with a status of its own kind and a title to read', () => {
    expect(code).toMatch(/^[a-z]+(?:_[a-z]+)*$/);
    expect(Number.isInteger(status)).toBe(true);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(title).toMatch(/^[A-Z][^.]+$/);
  });

  it('makes a document of RFC 9457 with nothing but what is known', () => {
    const document = problem(code);
    expect(Problem.strict().parse(document)).toEqual(document);
    expect(Object.keys(document).sort()).toEqual(['code', 'retryable', 'status', 'title', 'type']);
    expect(document).toMatchObject({ type: `/docs#${code}`, title, status, code });
    const errors = [{ path: '/a', code: 'x', message: 'y' }];
    expect(problem(code, { detail: 'd', errors, request_id: 'r' })).toEqual({
      ...document,
      detail: 'd',
      errors,
      request_id: 'r',
    });
    expect(problem(code, { detail: undefined, errors: undefined, request_id: undefined })).toEqual(document);
  });
});

it('what is retryable may turn out otherwise without the client changing anything', () => {
  expect(codes.filter((code) => problem(code).retryable).sort()).toEqual([
    'disk_full',
    'idempotency_in_flight',
    'internal',
    'payment_in_progress',
    'provider_unavailable',
    'rate_limited',
    'store_unavailable',
    'terminal_busy',
  ]);
});

/** The value that a JSON pointer leads to, as RFC 6901, section 4 has it. */
function follow(document: unknown, pointer: string): unknown {
  if (pointer === '') return document;
  if (!pointer.startsWith('/')) throw new Error(`not a pointer: ${pointer}`);
  return pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>(
      (node, step) =>
        Array.isArray(node) ? node[Number(step)] : new Map(Object.entries(Object(node))).get(step),
      document,
    );
}

const errorsOf = (schema: z.ZodType, value: unknown) => {
  const parsed = schema.safeParse(value);
  if (parsed.success) throw new Error('that should not parse');
  return fieldErrors(parsed.error);
};
const pathsOf = (schema: z.ZodType, value: unknown) => errorsOf(schema, value).map(({ path }) => path);

describe('fieldErrors', () => {
  it('says where, why and in words', () => {
    expect(errorsOf(z.object({ a: z.string() }), { a: 1 })).toEqual([
      { path: '/a', code: 'invalid_type', message: expect.stringContaining('string') },
    ]);
    expect(errorsOf(z.strictObject({}), { colour: 'red' })).toEqual([
      { path: '/colour', code: 'unknown_field', message: 'unknown field "colour"' },
    ]);
  });

  it('points at the whole document by the empty pointer', () => {
    expect(pathsOf(z.string(), 1)).toEqual(['']);
    expect(
      pathsOf(
        z.object({}).refine(() => false),
        {},
      ),
    ).toEqual(['']);
  });

  it('points into lists and objects', () => {
    const schema = z.object({ list: z.array(z.strictObject({ n: z.number() })) });
    expect(pathsOf(schema, { list: [{ n: 1 }, { n: 'x' }, { n: 1, m: 2 }] })).toEqual([
      '/list/1/n',
      '/list/2/m',
    ]);
  });

  it('tells the empty key from the whole document', () => {
    const schema = z.object({ '': z.strictObject({ n: z.number() }) });
    expect(pathsOf(schema, { '': 1 })).toEqual(['/']);
    expect(pathsOf(schema, { '': { n: 1, m: 1 } })).toEqual(['//m']);
    expect(pathsOf(z.strictObject({}), { '': 1 })).toEqual(['/']);
  });

  it('escapes so that every pointer leads to the field it speaks of', () => {
    const key = fc
      .oneof(fc.string(), fc.stringMatching(/^[/~01a]{1,6}$/))
      .filter((one) => one !== '__proto__');
    fc.assert(
      fc.property(key, key, (outer, inner) => {
        const value = { [outer]: { [inner]: 'found' } };
        const known = z.object({ [outer]: z.object({ [inner]: z.number() }) });
        const unknown = z.object({ [outer]: z.strictObject({}) });
        for (const schema of [known, unknown]) {
          const [path = 'none', ...others] = pathsOf(schema, value);
          expect(others).toEqual([]);
          expect(follow(value, path)).toBe('found');
        }
      }),
      { seed: 20260701, numRuns: 300 },
    );
  });
});
