import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PassContext } from '../exit/accept_pass.ts';
import { type DecisionNews, Gatekeeper } from '../exit/gatekeeper.ts';
import { Judge } from '../exit/judge.ts';
import { learnTags } from '../exit/learn.ts';
import { recordDecision } from '../exit/record.ts';
import { EdgeHttp } from '../link/edge_http.ts';
import { AgentState } from '../state/agent_state.ts';
import { TestEdge } from './edge.ts';
import { GATE, STORE, storeConfig, tempFolder } from './fixtures.ts';

/** As long as it takes: what a slow edge costs is the subject of a test of its own. */
const ASK_MS = 20_000;

/** A gatekeeper on a real state and a real edge, with its clock and its line in the test's hands. */
export class ExitBench {
  readonly edge: TestEdge;
  readonly state: AgentState;
  readonly gatekeeper: Gatekeeper;
  readonly passes: PassContext;
  readonly folder: string;
  readonly news: DecisionNews[] = [];
  linked = true;
  nowMs = Date.now();
  keysFetched = 0;
  #asked = 0;
  readonly #remove: () => void;

  private constructor(edge: TestEdge, folder: ReturnType<typeof tempFolder>) {
    this.edge = edge;
    this.folder = folder.path;
    this.#remove = folder.remove;
    const now = (): number => this.nowMs;
    const monotonicMs = (): number => performance.now();
    this.state = new AgentState(folder.path, now, () => {});
    this.state.adoptConfig(storeConfig());
    const http = new EdgeHttp({ edgeUrl: edge.url, storeId: STORE, tokenFile: join(folder.path, 'token') });
    const judge = new Judge({
      tag: (epc) => this.state.book.get(epc),
      config: () => this.state.config,
      now,
      link: { linked: () => this.linked, heardAtMs: () => this.nowMs - 1_000 },
    });
    this.gatekeeper = new Gatekeeper({
      judge,
      now,
      monotonicMs,
      ask: async (epcs) => {
        const { changes, paying } = await http.ask(epcs, ASK_MS);
        learnTags(this.state, changes);
        return paying;
      },
    });
    const hear = (one: DecisionNews): void => {
      recordDecision(this.state, one);
      this.news.push(one);
    };
    this.gatekeeper.onDecision(hear);
    this.passes = {
      state: this.state,
      judge,
      onPass: hear,
      storeId: STORE,
      edgeNow: now,
      now,
      monotonicMs,
      refreshKeys: async () => {
        this.keysFetched += 1;
        return this.linked && this.state.adoptJwks(await http.jwks());
      },
    };
  }

  static async open(): Promise<ExitBench> {
    const edge = await new TestEdge().start();
    const folder = tempFolder();
    writeFileSync(join(folder.path, 'token'), await edge.token('agent'));
    return new ExitBench(edge, folder);
  }

  async close(): Promise<void> {
    this.state.close();
    await this.edge.stop();
    this.#remove();
  }

  /** The feed brings what the ledger says of these tags. */
  learn(...epcs: string[]): void {
    const tags = epcs.flatMap((epc) => this.edge.ledger.get(epc) ?? []);
    this.state.book.apply(tags);
    this.state.write((tables) => tables.tags.apply(tags));
  }

  ask(...epcs: string[]) {
    this.#asked += 1;
    return this.gatekeeper.answer(
      GATE,
      { id: `q${this.#asked}`, reads: epcs.map((epc) => ({ epc })) },
      'mqtt',
    );
  }

  /** Questions about tags that reached the edge. */
  tagCalls(): string[] {
    return this.edge.httpCalls.filter((path) => path.includes('/tags/'));
  }

  reports() {
    this.state.flushRecords();
    return this.state.tables.journal.pending(0, 100);
  }
}
