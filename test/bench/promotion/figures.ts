import { z } from 'zod';
import { figuresOf } from '../stats.ts';

/** What the measuring processes hand back. Times in microseconds unless a name says otherwise. */

const Spread = z.object({ n: z.number(), p50: z.number(), p99: z.number(), max: z.number() });
export type Spread = z.infer<typeof Spread>;

/** Baskets of one size against one catalogue. */
const CellFigures = z.object({
  lines: z.number(),
  /** Every evaluation counts by itself. */
  time: Spread,
  /** Over each basket's median: the hard baskets without what else the machine did. */
  medians: Spread,
  baskets: z.number(),
  /** Share of the baskets. */
  proved: z.number(),
  /** Largest certified distance to the optimum, as a share of what was found. */
  gap: z.number(),
  /** What does not add up in an answer; there should be none. */
  breaches: z.array(z.string()),
  /** Promotions with at least one unit in the basket, mean. */
  touched: z.number(),
  /** Floors of the same baskets. */
  json: Spread,
  lookups: Spread,
});
export type CellFigures = z.infer<typeof CellFigures>;

const ScanFigures = z.object({
  lines: z.number(),
  withMemo: Spread,
  fromScratch: Spread,
  /** Whether every answer with the memo was the answer from scratch. */
  equal: z.boolean(),
});
export type ScanFigures = z.infer<typeof ScanFigures>;

const CompileFigures = z.object({
  parse_ms: z.number(),
  compile_ms: z.number(),
  /** Bytes a promotion: the parsed documents; what compiling adds; what evaluating all baskets adds to that, machine code included. */
  documents: z.number(),
  index: z.number(),
  used: z.number(),
});
export type CompileFigures = z.infer<typeof CompileFigures>;

const PeerFigures = z.object({
  name: z.string(),
  lines: z.number(),
  time: Spread.nullable(),
  /** In place of figures: why there are none. */
  missing: z.string().nullable(),
  /** Against the item promotions of the engine's answer, where both can be compared. */
  compared: z
    .object({
      /** Shares of the baskets in which the peer saves less, or more, than the engine. */
      less: z.number(),
      more: z.number(),
      /** What the peer saves over all baskets, the engine's being 1. */
      total: z.number(),
      /** In the worst basket. */
      worst: z.number(),
    })
    .nullable(),
  /** Share of the baskets for which it says that nothing is better. */
  proved: z.number().nullable(),
});
export type PeerFigures = z.infer<typeof PeerFigures>;

const SlowBasket = z.object({
  us: z.number(),
  file: z.object({ promotions: z.array(z.unknown()), basket: z.unknown() }),
});

export const CatalogueFigures = z.object({
  compile: CompileFigures,
  cells: z.array(CellFigures),
  scans: z.array(ScanFigures),
  peers: z.array(PeerFigures),
  slowest: z.array(SlowBasket),
});
export type CatalogueFigures = z.infer<typeof CatalogueFigures>;

export const TortureFigures = z.array(
  z.object({
    name: z.string(),
    size: z.number(),
    instances: z.number(),
    proved: z.number(),
    /** Proved, or certified to be within a hundredth of the best. */
    settled: z.number(),
    gap: z.number(),
    breaches: z.array(z.string()),
    time: Spread,
    /** An integer program for the same baskets. */
    exactPeer: z.object({ time: Spread, proved: z.number() }).nullable(),
    slowest: SlowBasket,
  }),
);
export type TortureFigures = z.infer<typeof TortureFigures>;

const CatalogueJob = z.object({
  kind: z.literal('catalogue'),
  variant: z.enum(['retail', 'dense']),
  live: z.number(),
  lines: z.array(z.number()),
  /** Sizes at which the peers run too, and at which one more scan is measured. */
  peerLines: z.array(z.number()),
  scanLines: z.array(z.number()),
  baskets: z.number(),
  rounds: z.number(),
  /** Each cell stops after that, with fewer samples. */
  seconds: z.number(),
});
export type CatalogueJob = z.infer<typeof CatalogueJob>;

/** What a measuring process is asked for. */
export const Job = z.discriminatedUnion('kind', [
  CatalogueJob,
  z.object({ kind: z.literal('torture'), instances: z.number(), quick: z.boolean() }),
]);
export type Job = z.infer<typeof Job>;

/** Of samples in milliseconds. */
export const spreadOf = (samples: readonly number[]): Spread => figuresOf(samples.map((ms) => ms * 1000));
