import type { EdgeHttp } from '../link/edge_http.ts';
import type { Log } from '../log.ts';
import type { AgentState } from '../state/agent_state.ts';
import { Retry } from './retry.ts';

export interface ShelfSyncContext {
  state: AgentState;
  edge: Pick<EdgeHttp, 'shelfPage'>;
  linked(): boolean;
  /** A new version is whole and sells. */
  onSwap(): void;
  log: Log;
}

/**
 * Keeps the shelf of this agent in step with the edge's: fetched in pages when the feed names a newer version,
 * resumed after a cut or a crash where it stopped, swapped in whole. The old one sells until then.
 */
export class ShelfSync {
  readonly #context: ShelfSyncContext;
  readonly #retry: Retry;
  #sweeping = false;

  constructor(context: ShelfSyncContext) {
    this.#context = context;
    this.#retry = new Retry(
      () => this.#fetch(),
      () => context.linked(),
    );
  }

  /** The line is up, or the feed has named a version. */
  kick(): void {
    this.#retry.reset();
    this.#sweep();
  }

  close(): Promise<void> {
    return this.#retry.close();
  }

  async #fetch(): Promise<boolean> {
    const { state, edge, onSwap, log } = this.#context;
    while (!this.#retry.closed) {
      const { shelf, meta } = state.tables;
      const wanted = meta.number('shelf_version', 0);
      if ((shelf.held()?.version ?? 0) >= wanted && shelf.fetching() === null) return true;
      const fetching = shelf.fetching();
      const page = await edge.shelfPage(fetching);
      if (!page.ok) {
        if (page.error.code === 'unreachable') return false;
        if (fetching === null) {
          log('warn', 'the edge gives no shelf', { status: page.error.status });
          return false;
        }
        // That version sells no more: the next round begins with the one that does.
        if (!state.write((tables) => tables.shelf.forgetFetching()).ok) return false;
        continue;
      }
      const { version, next } = page.value;
      if (version === 0) return true;
      const written = state.write((tables) => {
        if (fetching !== null && fetching.version !== version) tables.shelf.forgetFetching();
        tables.shelf.stage(page.value, state.config?.policies.scan.zero_policy);
      });
      if (!written.ok) return false;
      if (next !== null) continue;
      log('info', 'a new shelf sells', { version, items: shelf.itemsIn(version) });
      onSwap();
      this.#sweep();
    }
    return true;
  }

  /** Old versions go a portion at a time, between what else the agent does. */
  #sweep(): void {
    if (this.#sweeping || this.#retry.closed) return;
    this.#sweeping = true;
    setImmediate(() => {
      this.#sweeping = false;
      if (this.#retry.closed) return;
      const swept = this.#context.state.write((tables) => tables.shelf.sweep());
      if (swept.ok && swept.value) this.#sweep();
    });
  }
}
