import { setTimeout as sleep } from 'node:timers/promises';
import type { EscposSimulator } from '../../../hardware/escpos/simulator.ts';
import type { LaneState, SimulatedLane } from '../../../hardware/lane/simulator.ts';
import type { SimulatedLine } from '../../../hardware/line/simulator.ts';
import type { LlrpSimulator } from '../../../hardware/llrp/simulator.ts';

/** How many of the printer's last receipts the page is shown. */
const RECEIPTS_SHOWN = 3;
/** A shopper's way past the simulated reader: the inner antenna, the outer one, gone. */
const PAST_THE_READER = [
  { antenna: 1, rssi: -56 },
  { antenna: 2, rssi: -50 },
] as const;
const ZONE_MS = 500;

/** The simulated things of the store; null where a real device is used. */
export interface Things {
  line: SimulatedLine;
  llrp: LlrpSimulator | null;
  printer: EscposSimulator | null;
}

export interface WorldState {
  line: 'up' | 'cut';
  line_delay_ms: number;
  lane: LaneState | null;
  reader: { outputs: Record<string, boolean> } | null;
  printer: {
    paper: string;
    cover: string;
    receipts: { id: string; text: string; svg: string; at: string }[];
  } | null;
}

export type PrinterChange = {
  paper?: 'ok' | 'near_end' | 'out' | undefined;
  cover?: 'open' | 'closed' | undefined;
};

/** The physical world of the demo store: what stands there, and what the page's buttons do to it. */
export class World {
  readonly #things: Things;
  readonly #listeners = new Set<() => void>();
  readonly #sensors: { paper: string; cover: string } = { paper: 'ok', cover: 'closed' };
  /** One set a walk that is under way: the outputs that came on meanwhile. */
  readonly #rises = new Set<Set<number>>();
  #lane: SimulatedLane | null = null;

  constructor(things: Things) {
    this.#things = things;
    things.llrp?.onOutput((port, on) => {
      if (on) for (const rises of this.#rises) rises.add(port);
      this.#changed();
    });
    things.printer?.onReceipt(() => this.#changed());
  }

  get lane(): SimulatedLane | null {
    return this.#lane;
  }

  /** The lane comes later than the rest: its credentials are made by the seed. */
  addLane(lane: SimulatedLane): void {
    this.#lane = lane;
    lane.onChange(() => this.#changed());
    this.#changed();
  }

  /** Calls `listener` after every change until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  state(): WorldState {
    const { line, llrp, printer } = this.#things;
    const { up, delay_ms } = line.state();
    return {
      line: up ? 'up' : 'cut',
      line_delay_ms: delay_ms,
      lane: this.#lane?.state() ?? null,
      reader: llrp === null ? null : { outputs: Object.fromEntries(llrp.outputs()) },
      printer:
        printer === null ? null : { ...this.#sensors, receipts: printer.receipts().slice(-RECEIPTS_SHOWN) },
    };
  }

  setLine(change: { state?: 'up' | 'cut' | undefined; delay_ms?: number | undefined }): void {
    const { line } = this.#things;
    if (change.delay_ms !== undefined) line.delay(change.delay_ms);
    if (change.state === 'cut') line.cut();
    if (change.state === 'up') line.heal();
    this.#changed();
  }

  /** False where no simulated printer stands. */
  setPrinter({ paper, cover }: PrinterChange): boolean {
    const { printer } = this.#things;
    if (printer === null) return false;
    if (paper !== undefined) {
      printer.setPaper(paper);
      this.#sensors.paper = paper;
    }
    if (cover !== undefined) {
      printer.setCover(cover);
      this.#sensors.cover = cover;
    }
    this.#changed();
    return true;
  }

  /** Carries a tag past the reader's antennas. Resolves with the outputs that came on; null without a simulator. */
  async walkPastReader(epc: string): Promise<number[] | null> {
    const { llrp } = this.#things;
    if (llrp === null) return null;
    const rises = new Set<number>();
    this.#rises.add(rises);
    for (const position of PAST_THE_READER) {
      llrp.tagEnters(epc, position);
      await sleep(ZONE_MS);
    }
    llrp.tagLeaves(epc);
    this.#rises.delete(rises);
    return [...rises].sort();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
