import { z } from 'zod';
import { decodeSgtin96, Epc, encodeSgtin96 } from '../../shared/catalog/epc.ts';
import { unwrap } from '../../shared/result.ts';
import { call } from './call.ts';
import type { DemoFile } from './demo_file.ts';
import { publish } from './publish.ts';
import { allTags, type ListedTag } from './tags.ts';

/** A newcomer finds at least twenty free tags; a delivery comes well before they run out. */
const FREE_MIN = 60;
const DELIVERY_TAGS = 200;
const EPC_SAMPLES_MAX = 40;

export interface Samples {
  codes: string[];
  promoted_codes: string[];
  epcs: string[];
  foreign_epcs: string[];
}

export interface Reach {
  edge: string;
  cloud: string;
  /** The manager reads the ledger, the admin takes a delivery in. */
  tokens: { admin: string; manager: string };
}

/**
 * What a newcomer can use right now; the tags among it are free at this moment. A store that has sold most
 * of its tagged stock gets a delivery first; the second result then holds all its sellable tags.
 */
export async function samplesNow(
  reach: Reach,
  demo: DemoFile,
): Promise<{ samples: Samples; delivered: string[] | null }> {
  const { samples, store_id } = demo;
  const ledger = { edge: reach.edge, token: reach.tokens.manager, storeId: store_id };
  const free = sellable(demo, await allTags(ledger, 'free'));
  const fresh =
    free.length >= FREE_MIN
      ? []
      : delivery(samples.epcs, free.concat(sellable(demo, await allTags(ledger, 'sold'))));
  if (fresh.length > 0) {
    const token = reach.tokens.admin;
    await call({
      base: reach.cloud,
      method: 'PUT',
      path: `/v1/stores/${store_id}/tags`,
      token,
      body: { tags: fresh },
      answer: z.unknown(),
    });
    await publish(reach.cloud, token, store_id);
  }
  return {
    samples: { ...samples, epcs: [...free, ...fresh].map(({ epc }) => epc).slice(0, EPC_SAMPLES_MAX) },
    delivered: fresh.length === 0 ? null : [...samples.epcs, ...fresh.map(({ epc }) => epc)],
  };
}

function sellable({ samples }: DemoFile, tags: readonly ListedTag[]): ListedTag[] {
  const known = new Set<string>(samples.epcs);
  return tags.filter(({ epc }) => known.has(epc));
}

/** New tags for the items of these; serials go on above the highest one known. */
export function delivery(known: readonly string[], like: readonly ListedTag[]): ListedTag[] {
  const highest = Math.max(0, ...known.map((epc) => sgtinOf(epc).serial));
  const units = Array.from({ length: DELIVERY_TAGS }, (_, i) => like[i % like.length]);
  return units.flatMap((tag, i) => {
    if (tag?.item_id === undefined) return [];
    return [{ ...tag, epc: unwrap(encodeSgtin96({ ...sgtinOf(tag.epc), serial: highest + 1 + i })) }];
  });
}

const sgtinOf = (epc: string) => unwrap(decodeSgtin96(Epc.parse(epc)));
