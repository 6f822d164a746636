import type { EpcForm } from './simulated_event.ts';

export interface ImpinjSimulatorOptions {
  host?: string;
  /** 0 takes any free port. */
  port: number;
  /** With both, every call must carry them. */
  username?: string;
  password?: string;
  /** Names of the inventory presets that exist on the reader. */
  presets?: string[];
  scanMs?: number;
  keepaliveMs?: number;
  /** Serves HTTPS with this key and certificate (PEM). */
  tls?: { key: string; cert: string };
  /** How the presets report an EPC. */
  epcAs?: EpcForm;
  /** Is given each event too, as a reader that was told a broker publishes it. */
  onEvent?: (event: string) => void;
  /** Milliseconds since the epoch. */
  now?: () => number;
}

export interface TagPosition {
  antenna?: number;
  /** dBm. */
  rssi?: number;
}

/** The world around the simulated reader, and what can go wrong with it. */
export interface ImpinjSimulator {
  readonly port: number;
  tagEnters(epc: string, position?: TagPosition): void;
  tagLeaves(epc: string): void;
  /** Reads a tag once, now, if a preset runs. */
  reads(epc: string, position?: TagPosition): void;
  setInput(gpi: number, on: boolean): void;
  setAntenna(antenna: number, connected: boolean): void;
  outputs(): Map<number, { on: boolean; pulseMs: number | null }>;
  /** How many keepalives were written. */
  keepalives(): number;
  /** Method and path of every call, in order. */
  calls(): string[];
  state(): { running: string | null; streams: number };
  /** How many connections were made so far. */
  connections(): number;
  /** Somebody at the reader's own page ends the inventory. */
  stopByHand(): void;
  setInterface(mode: 'rest' | 'llrp'): void;
  setPassword(password: string): void;
  /** Puts bytes on the stream as they are. */
  sendBytes(bytes: Uint8Array | string): void;
  /** Writes half an event and breaks the line. */
  dropMidLine(): void;
  /** A stalled reader keeps its connections and says nothing any more, as behind a pulled plug. */
  setStalled(stalled: boolean): void;
  /** Closes the connections on which nothing is going on, as web servers do after a while. */
  closeIdle(): void;
  /** Idempotent; resolves when the port is free. */
  close(): Promise<void>;
}
