import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Claims } from '../../shared/auth/claims.ts';
import type { Activity } from '../activity.ts';
import type { Alarms } from '../alarms/alarms.ts';
import type { Bus } from '../bus/broker.ts';
import type { CommandDesk } from '../bus/command_desk.ts';
import type { AgentConfig } from '../config.ts';
import type { PassContext } from '../exit/accept_pass.ts';
import type { DecisionNews } from '../exit/gatekeeper.ts';
import type { Judge } from '../exit/judge.ts';
import type { GateMutes } from '../exit/mutes.ts';
import type { GateHost } from '../gate/host.ts';
import type { FeedLink } from '../link/feed_link.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { PrintQueue, QueuePrinter } from '../printing/queue.ts';
import type { Drawer } from '../printing/render.ts';
import type { AgentState } from '../state/agent_state.ts';
import type { TillEvents } from '../till/events.ts';
import type { Till } from '../till/till.ts';
import type { Vendors } from '../vendors/vendors.ts';
import type { FloorDevice } from './floor_schema.ts';

/** What the routes act upon. */
export interface AgentParts {
  config: AgentConfig;
  state: AgentState;
  link: FeedLink;
  gate: GateHost;
  judge: Judge;
  mutes: GateMutes;
  /** A gate was opened by hand or by a pass: it moves, and the floor shows it. */
  onByHand(news: DecisionNews): void;
  passes: PassContext;
  queue: PrintQueue;
  till: Till;
  tillEvents: TillEvents;
  drawer: Drawer;
  printers: readonly QueuePrinter[];
  bus: Bus;
  commands: CommandDesk;
  vendors: Vendors;
  activity: Activity;
  alarms: Alarms;
  metrics: Metrics;
  devices(): FloorDevice[];
  now(): number;
  newRequestId(): string;
  log: Log;
}

/** What the middleware leaves for the routes. `claims` is there on every route that asks for a role. */
export interface AgentContext {
  Variables: { requestId: string; claims: Claims };
}

export type App = OpenAPIHono<AgentContext>;
export type Ctx = Context<AgentContext>;
