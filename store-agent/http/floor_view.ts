import type { DeviceCommand } from '../bus/command.ts';
import type { BusDevice } from '../bus/device_desk.ts';
import { DeviceStatus, parsePayload } from '../bus/device_messages.ts';
import type { DeviceSession } from '../bus/device_session.ts';
import type { Scan } from '../devices.ts';
import type { DecisionNews } from '../exit/gatekeeper.ts';
import type { FeedLink } from '../link/feed_link.ts';
import type { AgentState } from '../state/agent_state.ts';
import type { PrintJob } from '../state/print_jobs.ts';
import type { AgentParts } from './context.ts';
import type {
  FloorDecision,
  FloorDevice,
  FloorGate,
  FloorLink,
  FloorPrint,
  FloorScan,
} from './floor_schema.ts';
import { ageMs } from './routes/service.ts';

/** The pieces of the store floor, each from its owner. */
export function floorLink(parts: { state: AgentState; link: FeedLink; now(): number }): FloorLink {
  const { state, since, detail } = parts.link.status();
  const backlog = parts.state.tables.journal.backlog();
  return {
    state,
    since,
    detail,
    cursor: parts.state.cursor,
    backlog: backlog.count,
    oldest_unsent_ms: ageMs(backlog.oldest, parts.now()),
  };
}

/** Every gate of this store: those of its configuration, and those that only have a reader here. */
export function floorGates({
  state,
  config,
  mutes,
}: Pick<AgentParts, 'state' | 'config' | 'mutes'>): FloorGate[] {
  const listed = (state.config?.devices ?? []).filter(({ kind }) => kind === 'gate');
  const names = new Map<string, string>(listed.map(({ id, name }) => [id, name]));
  for (const { gate_id } of config.readers)
    if (!names.has(gate_id)) names.set(gate_id, `Gate …${gate_id.slice(-6)}`);
  return [...names].map(([gate_id, name]) => {
    const until = mutes.untilMs(gate_id);
    return { gate_id, name, muted_until: until === null ? null : new Date(until).toISOString() };
  });
}

export function floorPrint(job: PrintJob): FloorPrint {
  const { id, status, order_id, printer_id, copy, detail, updated_at } = job;
  return { id, status, order_id, printer_id, copy, detail, at: new Date(updated_at).toISOString() };
}

export function floorDecision(news: DecisionNews): FloorDecision {
  const { id, gate_id, source, decision, epcs, at, took_us } = news;
  return { id, gate_id, source, decision, epcs, at, took_us };
}

export function floorScan({ scannerId, kioskId, code }: Scan): FloorScan {
  return { scanner_id: scannerId, kiosk_id: kioskId, code: code.raw, aim: code.aim, at: code.receivedAt };
}

/** A device on the broker, as a lamp beside those that the agent drives itself. */
export function floorBusDevice(seen: BusDevice, command: DeviceCommand | null): FloorDevice {
  const { id, kind, name } = seen.device;
  const status = seen.status === null ? null : parsePayload(DeviceStatus, seen.status);
  const missing = seen.session?.missing ?? 0;
  const said = status === null ? seen.status : (status.detail ?? `It says that it is ${status.state}.`);
  const detail = [
    said ?? (seen.connected ? 'Connected to the broker.' : 'Not connected to the broker.'),
    ...(missing === 0 ? [] : [`${missing} of its events are missing.`]),
  ].join(' ');
  return {
    id,
    kind,
    name,
    gate_id: kind === 'gate' ? id : null,
    state: !seen.connected ? 'offline' : status?.state === 'degraded' ? 'degraded' : 'online',
    detail,
    since: new Date(seen.sinceMs).toISOString(),
    refused: seen.refused,
    ...(seen.session === null ? {} : { session: floorSession(seen.session) }),
    ...(command === null
      ? {}
      : {
          command: {
            id: command.id,
            name: command.name,
            status: command.status,
            at: new Date(command.updated_at).toISOString(),
          },
        }),
  };
}

function floorSession({ birth, bornAtMs, missing }: DeviceSession): FloorDevice['session'] {
  return {
    id: birth.session,
    model: birth.model,
    firmware: birth.firmware,
    commands: birth.capabilities.commands,
    since: new Date(bornAtMs).toISOString(),
    events_missing: missing,
  };
}
