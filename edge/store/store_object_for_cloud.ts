import { type ScanTest, ScanTest as ScanTestSchema } from '../../shared/api/scan_test.ts';
import { StoreConfig } from '../../shared/config/store_config.ts';
import { err, ok } from '../../shared/result.ts';
import { ReturnItems } from '../../shared/rpc/agents.ts';
import type { StoreForCloud } from '../../shared/rpc/store.ts';
import { EventsQuery, RegisterTags, StagePromotions, StageShelf, SwapShelf } from '../../shared/rpc/store.ts';
import { explainScanAt } from './explain_scan.ts';
import { resolveIncident } from './incidents.ts';
import { returnItems } from './offline/return_items.ts';
import { eventsAfter, outboxHead } from './outbox.ts';
import { bornWith, mayPutConfig, readStore, replaceConfig } from './put_config.ts';
import { registerTags } from './register_tags.ts';
import { stageShelf, swapShelf } from './shelf.ts';
import { stagePromotions } from './shelf_promotions.ts';
import { statusOf } from './status.ts';
import { StoreShell } from './store_shell.ts';

/** What the cloud does to a store and asks of it: payloads of another Worker are parsed here. */
export abstract class StoreObjectForCloud extends StoreShell implements StoreForCloud {
  async putConfig(input: StoreConfig): ReturnType<StoreForCloud['putConfig']> {
    const config = StoreConfig.parse(input);
    if (this.ctx.id.name !== undefined && this.ctx.id.name !== config.store_id)
      return err({ code: 'other_tenant' });
    if (this.store === null) {
      const born = { config, epoch: crypto.randomUUID() };
      this.run(born, bornWith);
    } else {
      const verdict = mayPutConfig(this.store.config, config);
      if (!verdict.ok) return verdict;
      // Before the new configuration goes out on the feed.
      this.feed.keepOnly(new Set(config.devices.map(({ id }) => id)));
      this.run(this.store, (scope) => replaceConfig(scope, config));
    }
    this.store = readStore(this.sql);
    return ok({ version: this.store.config.version });
  }

  async stageShelf(input: StageShelf): ReturnType<StoreForCloud['stageShelf']> {
    const part = StageShelf.parse(input);
    return this.store === null
      ? err({ code: 'unknown_store' })
      : this.run(this.store, (s) => stageShelf(s, part));
  }

  async stagePromotions(input: StagePromotions): ReturnType<StoreForCloud['stagePromotions']> {
    const part = StagePromotions.parse(input);
    return this.store === null
      ? err({ code: 'unknown_store' })
      : this.run(this.store, (s) => stagePromotions(s, part));
  }

  async swapShelf(input: SwapShelf): ReturnType<StoreForCloud['swapShelf']> {
    const swap = SwapShelf.parse(input);
    return this.store === null
      ? err({ code: 'unknown_store' })
      : this.run(this.store, (s) => swapShelf(s, swap));
  }

  async registerTags(input: RegisterTags): ReturnType<StoreForCloud['registerTags']> {
    const tags = RegisterTags.parse(input);
    if (this.store === null) return err({ code: 'unknown_store' });
    return ok(this.run(this.store, (scope) => registerTags(scope, tags)));
  }

  async eventsAfter(after: number, limit: number): ReturnType<StoreForCloud['eventsAfter']> {
    const query = EventsQuery.parse({ after, limit });
    if (this.store === null) return { epoch: '', head: 0, events: [] };
    const events = eventsAfter(this.sql, query.after, query.limit);
    return { epoch: this.store.epoch, head: outboxHead(this.sql), events };
  }

  async returnItems(input: ReturnItems): ReturnType<StoreForCloud['returnItems']> {
    const back = ReturnItems.parse(input);
    if (this.store === null) return err({ code: 'unknown_store' });
    return ok(this.run(this.store, (scope) => returnItems(scope, back)));
  }

  async resolveIncident(incident_id: string): Promise<void> {
    if (this.store !== null) this.run(this.store, (scope) => resolveIncident(scope, String(incident_id)));
  }

  async status(): ReturnType<StoreForCloud['status']> {
    if (this.store === null) return null;
    return statusOf(this.scope(this.store), this.feed.cursors());
  }

  async explainScan(test: ScanTest): ReturnType<StoreForCloud['explainScan']> {
    if (this.store === null) return null;
    return explainScanAt(this.scope(this.store), ScanTestSchema.parse(test));
  }
}
