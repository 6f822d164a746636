import type { MessagePort } from 'node:worker_threads';
import type { DeviceCredential } from '../../shared/config/store_config.ts';
import type { AgentConfig } from '../config.ts';
import type { DecisionNews, DecisionSource, GateMessage } from '../exit/gatekeeper.ts';
import type { ExitConfig, GateDecision } from '../exit/judge.ts';
import type { FloorDevice, FloorInput, FloorReads } from '../http/floor_schema.ts';
import type { Fields, Level } from '../log.ts';
import type { TagMemory } from '../state/packed/layout.ts';

/** What of the store's configuration the gate thread needs. */
export interface GateStoreConfig extends ExitConfig {
  /** The gates that may speak to this agent. */
  gates: DeviceCredential[];
}

/** What the gate thread is started with. */
export interface GateStart {
  config: Pick<AgentConfig, 'store_id' | 'mqtt' | 'gate_http' | 'readers' | 'lines'>;
  store: GateStoreConfig | null;
  /** Until when a gate raises no alarm, in milliseconds since the epoch, by gate. */
  mutes: Record<string, number>;
  memory: TagMemory;
  link: SharedArrayBuffer;
}

/** A question of the HTTP interface to the gate thread. */
export interface GateQuestion {
  gateId: string;
  message: GateMessage;
  source: DecisionSource;
  traceparent?: string | undefined;
}

/** From the main thread to the gate thread. */
export type ToGate =
  | { do: 'store'; store: GateStoreConfig | null }
  | { do: 'memory'; memory: TagMemory }
  | { do: 'asked'; id: number; paying: string[] }
  | { do: 'mutes'; mutes: Record<string, number> }
  | { do: 'answer'; id: number; question: GateQuestion }
  | { do: 'passed'; gateId: string; decision: GateDecision }
  | { do: 'crash' }
  | { do: 'stop' };

/** From the gate thread to the main thread. */
export type FromGate =
  | { say: 'ready'; mqttPort: number; httpPort: number | null }
  | { say: 'failed'; code: 'mqtt_port' | 'http_port'; what: string; detail: string }
  | { say: 'stopped' }
  | { say: 'memory_taken'; generation: number }
  | { say: 'decided'; news: DecisionNews }
  | { say: 'read'; reads: FloorReads }
  | { say: 'input'; input: FloorInput }
  | { say: 'degraded'; gateId: string; detail: string }
  | { say: 'malformed'; gateId: string; bytes: number }
  | { say: 'dropped'; gateId: string }
  | { say: 'health'; device: FloorDevice; changedState: boolean }
  | { say: 'ask'; id: number; epcs: string[]; withinMs: number; traceparent?: string | undefined }
  | { say: 'answered'; id: number; decision: GateDecision }
  | { say: 'connection'; port: MessagePort; remote: string }
  | { say: 'log'; level: Level; message: string; fields: Fields };
