import { z } from 'zod';

/** The words of GS1's Core Business Vocabulary for what a tag may be: our own language towards every vendor. */
export const EasState = z.enum(['retail_sold', 'sellable_accessible', 'returned']);
export type EasState = z.infer<typeof EasState>;

/** Text with `{{placeholders}}`; docs/vendors.md lists them. */
const Text = z.string().max(8_192);
export type Template = string | number | boolean | null | Template[] | { [key: string]: Template };
const Template: z.ZodType<Template> = z.lazy(() =>
  z.union([Text, z.number(), z.boolean(), z.null(), z.array(Template), z.record(z.string(), Template)]),
);
/** RFC 6901. */
const Pointer = z.string().regex(/^(\/([^~/]|~0|~1)*)*$/, 'expected a JSON pointer');
const Scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** What an answer of 2xx must say to count, beyond its status. */
const Success = z.strictObject({
  /** Statuses that count as taken. */
  status: z.array(z.int().min(200).max(299)).min(1).default([200, 201, 202, 204]),
  /** One verdict an item, in JSON. */
  results: z
    .strictObject({
      list: Pointer,
      epc: Pointer,
      ok: Pointer,
      equals: z.array(Scalar).min(1),
      /** Where an item says why it failed, and which of its words mean that trying again is in vain. */
      code: Pointer.optional(),
      permanent_codes: z.array(z.string()).default([]),
      /** What an item that the answer does not name has become. */
      missing: z.enum(['ok', 'failed']).default('failed'),
    })
    .optional(),
  /** The EPCs that failed, as a list in JSON; the others were taken. */
  failed: Pointer.optional(),
  /** The text of an element in XML, by its local name. */
  xml: z.strictObject({ element: z.string().min(1), equals: z.array(z.string()).min(1) }).optional(),
});

export const Step = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  path: Text.regex(/^\//, 'expected a path that begins with a slash'),
  /** One request for a whole batch, or one for each tag. */
  per: z.enum(['batch', 'item']).default('batch'),
  headers: z.record(z.string(), Text).default({}),
  content: z.enum(['none', 'json', 'form', 'soap']).default('none'),
  body: Template.optional(),
  /** What each tag becomes within `{{items}}`. */
  item: Template.optional(),
  /** The vendor's word for the state, where it is not that of `words`. */
  word: z.string().min(1).optional(),
  success: Success.default({ status: [200, 201, 202, 204] }),
});
export type Step = z.infer<typeof Step>;

/** Asks the vendor what it holds of a tag. */
const Probe = z.strictObject({
  step: Step,
  /** Where the answer names the state; within each entry of `list` where there is one. */
  state: Pointer,
  list: Pointer.optional(),
  epc: Pointer.optional(),
});
export type Probe = z.infer<typeof Probe>;

const Auth = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({ type: z.literal('basic') }),
  z.strictObject({ type: z.literal('bearer') }),
  z.strictObject({ type: z.literal('api_key'), header: z.string().min(1) }),
  z.strictObject({
    type: z.literal('oauth2_client_credentials'),
    /** A path of the same service, or a whole address. */
    token_url: z.string().min(1),
    scope: z.string().optional(),
    client_in: z.enum(['basic', 'body']).default('basic'),
  }),
  z.strictObject({
    type: z.literal('session'),
    login: Step,
    token: Pointer,
    header: z.string().min(1),
    value: Text,
  }),
]);
export type Auth = z.infer<typeof Auth>;

/** How one vendor's box or cloud is told that tags were sold or are back; see docs/vendors.md. */
export const EasProfile = z
  .strictObject({
    v: z.literal(1),
    vendor: z.string().regex(/^[a-z][a-z0-9_]{0,39}$/),
    title: z.string().min(1).max(120),
    /**
     * Pointers into this profile: what the vendor's own documents state, and what is ours until the vendor
     * has confirmed it. The longest pointer above a field counts; a profile of which a field is under none is refused.
     */
    documented: z.array(Pointer),
    placeholder: z.array(Pointer),
    auth: Auth,
    words: z.partialRecord(EasState, z.string().min(1)),
    /** What is sent, in order, when a tag becomes this. A state without steps is not told. */
    marks: z.partialRecord(EasState, z.array(Step).min(1).max(4)),
    /** Tags of one order only in a batch. */
    one_order: z.boolean().default(false),
    batch_max: z.int().min(1).max(1_000).default(100),
    timeout_ms: z.int().min(100).max(60_000).default(3_000),
    /** Requests a second. */
    rate_per_s: z.number().min(0.1).max(1_000).default(10),
    probe: Probe.optional(),
    /** Read back after each write, with `probe`. */
    verify_after: z.boolean().default(false),
  })
  .superRefine((profile, context) => {
    if (profile.verify_after && profile.probe === undefined)
      context.addIssue({ code: 'custom', path: ['verify_after'], message: 'nothing to read back with' });
    for (const leaf of leavesOf(profile)) {
      if (standing(profile, leaf) === null)
        context.addIssue({ code: 'custom', path: [leaf], message: 'neither documented nor placeholder' });
    }
  });
export type EasProfile = z.infer<typeof EasProfile>;

/** Whether a field of a profile is a fact of the vendor's documents. Null: the profile does not say. */
export function standing(
  profile: Pick<EasProfile, 'documented' | 'placeholder'>,
  pointer: string,
): 'documented' | 'placeholder' | null {
  const longest = (pointers: readonly string[]): number =>
    Math.max(
      -1,
      ...pointers.filter((one) => pointer === one || pointer.startsWith(`${one}/`)).map((one) => one.length),
    );
  const documented = longest(profile.documented);
  const placeholder = longest(profile.placeholder);
  if (documented < 0 && placeholder < 0) return null;
  return documented > placeholder ? 'documented' : 'placeholder';
}

/** Fields that say nothing about the vendor. */
const OURS = new Set(['v', 'vendor', 'title', 'documented', 'placeholder']);

/** The pointers of all values of a profile that speak of the vendor. */
export function leavesOf(profile: object): string[] {
  const leaves: string[] = [];
  const walk = (value: unknown, pointer: string): void => {
    if (typeof value !== 'object' || value === null) {
      leaves.push(pointer);
      return;
    }
    for (const [key, inner] of Object.entries(value))
      walk(inner, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  };
  for (const [key, value] of Object.entries(profile)) if (!OURS.has(key)) walk(value, `/${key}`);
  return leaves;
}
