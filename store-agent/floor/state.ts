import { signal } from '@preact/signals';
import { z } from 'zod';
import { request } from '../../shared/ui/http.ts';
import { follow } from './stream.ts';

/** What the floor screen knows, as the agent tells it. */
export const Decision = z.looseObject({
  id: z.string(),
  gate_id: z.string().nullable(),
  at: z.string(),
  decision: z.enum(['open', 'alarm', 'ignore']),
  source: z.string(),
  epcs: z.array(
    z.looseObject({
      epc: z.string(),
      status: z.string(),
      name: z.string().optional(),
      order_id: z.string().optional(),
    }),
  ),
  took_us: z.number(),
});
export type Decision = z.infer<typeof Decision>;
export const Link = z.looseObject({
  state: z.string(),
  cursor: z.number(),
  backlog: z.number(),
  oldest_unsent_ms: z.number().nullish(),
  since: z.string(),
});
export const Device = z.looseObject({
  id: z.string(),
  kind: z.string(),
  name: z.string(),
  state: z.string(),
  detail: z.string(),
  since: z.string(),
  session: z.looseObject({ model: z.string(), firmware: z.string() }).optional(),
  command: z.looseObject({ name: z.string(), status: z.string(), at: z.string() }).optional(),
});
export type Device = z.infer<typeof Device>;
const Done = z.looseObject({ name: z.string(), at: z.string() });
export const Alarm = z.looseObject({
  id: z.string(),
  gate_id: z.string(),
  state: z.enum(['open', 'acknowledged', 'resolved']),
  tags: z.array(z.looseObject({ epc: z.string(), status: z.string(), name: z.string().optional() })),
  opened_at: z.string(),
  last_seen_at: z.string(),
  times: z.number(),
  near_orders: z.array(z.looseObject({ order_id: z.string(), number: z.string(), at: z.string() })),
  acknowledged: Done.nullable(),
});
export type Alarm = z.infer<typeof Alarm>;
export const Gate = z.looseObject({
  gate_id: z.string(),
  name: z.string(),
  muted_until: z.string().nullable(),
});
export type Gate = z.infer<typeof Gate>;
export const Print = z.looseObject({
  id: z.string(),
  status: z.string(),
  order_id: z.string().nullish(),
  at: z.string(),
});
export type Print = z.infer<typeof Print>;
const Floor = z.looseObject({
  store: z.looseObject({ id: z.string(), name: z.string() }),
  link: Link,
  devices: z.array(Device),
  alarms: z.array(Alarm),
  gates: z.array(Gate),
  decisions: z.array(Decision),
  prints: z.array(Print),
});

const DECISIONS_SHOWN = 50;
const PRINTS_SHOWN = 20;

export const Call = z.looseObject({ device_id: z.string(), name: z.string(), at: z.string() });
/** Kiosks that asked for a member of staff, until somebody says that she goes. */
export const calls = signal<z.infer<typeof Call>[]>([]);
export const storeName = signal('');
export const link = signal<z.infer<typeof Link> | null>(null);
export const devices = signal<Device[]>([]);
/** Those that nobody has resolved, newest first. */
export const alarms = signal<Alarm[]>([]);
export const gates = signal<Gate[]>([]);
export const decisions = signal<Decision[]>([]);
export const prints = signal<Print[]>([]);
/** Is the agent itself to be reached. */
export const reached = signal(true);
/** The agent refused the token of this page. */
export const refused = signal(false);
/** The decision that came last, for the lane's picture. */
export const latest = signal<Decision | null>(null);

export const token = readToken();

/** The token comes in the address's fragment, which no server sees, and stays in this tab. */
function readToken(): string | null {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given !== null) {
    sessionStorage.setItem('sesame.floor', given);
    history.replaceState(null, '', location.pathname);
  }
  return sessionStorage.getItem('sesame.floor');
}

async function read(): Promise<void> {
  const floor = await request(Floor, '/v1/floor', { token });
  refused.value =
    !floor.ok && floor.problem !== null && (floor.problem.status === 401 || floor.problem.status === 403);
  if (!floor.ok) return;
  storeName.value = floor.value.store.name;
  link.value = floor.value.link;
  devices.value = floor.value.devices;
  alarms.value = floor.value.alarms;
  gates.value = floor.value.gates;
  decisions.value = floor.value.decisions;
  prints.value = floor.value.prints;
}

export function watchFloor(): void {
  void read();
  void follow(
    '/v1/floor/stream',
    token,
    ({ event, data }) => {
      if (event === 'decision') on(Decision, data, showDecision);
      else if (event === 'call') on(Call, data, showCall);
      else if (event === 'link') on(Link, data, (now) => (link.value = now));
      else if (event === 'device') on(Device, data, (now) => (devices.value = upsert(devices.value, now)));
      else if (event === 'alarm') on(Alarm, data, showAlarm);
      else if (event === 'gate') on(Gate, data, showGate);
      else if (event === 'print')
        on(Print, data, (now) => (prints.value = upsert(prints.value, now).slice(0, PRINTS_SHOWN)));
    },
    (up) => {
      if (up && !reached.value) void read();
      reached.value = up;
    },
  );
}

/** An alarm as it stands now; a resolved one leaves the list. */
export function showAlarm(alarm: Alarm): void {
  const others = alarms.value.filter(({ id }) => id !== alarm.id);
  const all = alarm.state === 'resolved' ? others : [alarm, ...others];
  alarms.value = all.sort((a, b) => (a.opened_at < b.opened_at ? 1 : -1));
}

function showCall(call: z.infer<typeof Call>): void {
  calls.value = [call, ...calls.value.filter((one) => one.device_id !== call.device_id)];
}

export function showGate(gate: Gate): void {
  gates.value = gates.value.map((one) => (one.gate_id === gate.gate_id ? gate : one));
}

function showDecision(decision: Decision): void {
  latest.value = decision;
  decisions.value = [decision, ...decisions.value.filter((d) => d.id !== decision.id)].slice(
    0,
    DECISIONS_SHOWN,
  );
}

function on<T extends z.ZodType>(schema: T, data: unknown, use: (value: z.infer<T>) => void): void {
  const parsed = schema.safeParse(data);
  if (parsed.success) use(parsed.data);
}

function upsert<T extends { id: string }>(list: T[], one: T): T[] {
  return list.some((x) => x.id === one.id) ? list.map((x) => (x.id === one.id ? one : x)) : [one, ...list];
}
