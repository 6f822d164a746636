import type { Worker } from 'node:worker_threads';
import { err, ok, type Result } from '../../shared/result.ts';
import type { AgentConfig } from '../config.ts';
import { GateMutes } from '../exit/mutes.ts';
import { errorText, type Log } from '../log.ts';
import { AgentState } from '../state/agent_state.ts';
import { type GateFailure, GateHost } from './host.ts';

/** The gates and what they decide from: all that a store needs in its first half second. */
export interface Early {
  state: AgentState;
  gate: GateHost;
  mutes: GateMutes;
  /** Resolves once the gate thread listens, or could not. */
  listening: Promise<Result<void, GateFailure>>;
}

export interface EarlyFailure {
  code: 'data_dir';
  what: string;
  detail: string;
}

/** Opens the state and starts the gates, before the rest of the agent is even loaded. */
export function openEarly(
  config: AgentConfig,
  environment: { now(): number; log: Log },
  worker?: Worker,
): Result<Early, EarlyFailure> {
  const { now, log } = environment;
  let state: AgentState;
  try {
    state = new AgentState(config.data_dir, now, log);
  } catch (error) {
    void worker?.terminate();
    return err({ code: 'data_dir', what: config.data_dir, detail: errorText(error) });
  }
  const gate = new GateHost({ config, state, now, log });
  const mutes = new GateMutes(state, now, (untilMs) => gate.mute(untilMs));
  return ok({ state, gate, mutes, listening: gate.start(worker) });
}
