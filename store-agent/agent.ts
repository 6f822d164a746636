import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Rasterizer } from '../hardware/raster/rasterizer.ts';
import { uuidv7 } from '../shared/ids/index.ts';
import { err, ok, type Result } from '../shared/result.ts';
import { Activity } from './activity.ts';
import { alarmNewsOf } from './alarms/alarm_news.ts';
import { Alarms } from './alarms/alarms.ts';
import type { Bus } from './bus/broker.ts';
import { hasEnded } from './bus/command.ts';
import { CommandDesk } from './bus/command_desk.ts';
import type { BusDevice } from './bus/device_desk.ts';
import type { AgentConfig } from './config.ts';
import { Devices } from './devices.ts';
import type { PassContext } from './exit/accept_pass.ts';
import type { DecisionNews } from './exit/gatekeeper.ts';
import { Judge } from './exit/judge.ts';
import { learnTags } from './exit/learn.ts';
import { recordDecision } from './exit/record.ts';
import { type Early, openEarly } from './gate/open_early.ts';
import { createApp } from './http/app.ts';
import type { FloorDevice } from './http/floor_schema.ts';
import { floorBusDevice, floorDecision, floorLink, floorPrint, floorScan } from './http/floor_view.ts';
import { serveHttp } from './http/server.ts';
import { EdgeHttp } from './link/edge_http.ts';
import { FeedLink } from './link/feed_link.ts';
import { errorText, type Log } from './log.ts';
import { Metrics } from './metrics.ts';
import { openBus } from './open_bus.ts';
import { PrintQueue } from './printing/queue.ts';
import type { Drawer } from './printing/render.ts';
import type { AgentState } from './state/agent_state.ts';
import type { PrintJob } from './state/print_jobs.ts';
import { drawerOpener } from './till/drawer.ts';
import { TillEvents } from './till/events.ts';
import { Till } from './till/till.ts';
import type { VendorHealth } from './vendors/vendor.ts';
import { Vendors } from './vendors/vendors.ts';

const FORGET_EVERY_MS = 24 * 3_600_000;
/** The copy of the tags is renewed where enough of them changed. */
const COPY_TAGS_EVERY_MS = 60_000;
/** A printer in the middle of a job may finish it; what takes longer becomes doubtful. */
const PRINT_FINISH_MS = 1_500;

export interface Agent {
  httpPort: number;
  mqttPort: number;
  /** The gates' own HTTP port, where one is configured. */
  gateHttpPort: number | null;
  state: AgentState;
  link: FeedLink;
  /** Whether everything that must run does; a supervisor starts an agent that says no, or nothing, anew. */
  alive(): boolean;
  /** For tests: the gate thread dies as by a fault of its own. */
  crashGates(): void;
  stop(): Promise<void>;
}

export interface AgentEnvironment {
  now(): number;
  monotonicMs(): number;
  random(): number;
  log: Log;
}

/** `what` is the address or folder that could not be had. */
export interface StartFailure {
  code: 'http_port' | 'mqtt_port' | 'data_dir';
  what: string;
  detail: string;
}

/** Builds and starts a whole agent: state, broker, devices, print queue, HTTP, and last the link to the edge. */
export async function startAgent(
  config: AgentConfig,
  environment: AgentEnvironment,
  early: Result<Early, StartFailure> = openEarly(config, environment),
): Promise<Result<Agent, StartFailure>> {
  const { now, monotonicMs, random, log } = environment;
  const newUuid = (): string => uuidv7(now(), randomBytes(10));
  const closers: (() => Promise<void> | void)[] = [];
  const closeAll = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  const failed = async (
    code: StartFailure['code'],
    what: string,
    error: unknown,
  ): Promise<Result<never, StartFailure>> => {
    await closeAll();
    return err({ code, what, detail: errorText(error) });
  };

  if (!early.ok) return early;
  const { state, gate, mutes, listening } = early.value;
  closers.push(() => state.close());

  const edge = new EdgeHttp({
    edgeUrl: config.edge_url,
    storeId: config.store_id,
    tokenFile: config.token_file,
  });
  const activity = new Activity();
  const metrics = new Metrics();

  const link: FeedLink = new FeedLink({
    agentId: config.agent_id,
    state,
    edge,
    now,
    monotonicMs,
    random,
    log,
    onSales: (tables, sales) =>
      queue.autoPrint(
        tables,
        sales.filter(({ printed }) => !printed),
      ),
    onReceipts: (orderIds) => queue.receiptsArrived(orderIds),
    onHeard: (atMs) => gate.link.setHeardAt(atMs),
    onConfig: () => {
      bus.devicesChanged();
      gate.storeChanged();
      till.configChanged();
    },
    onShelf: () => till.shelfNamed(),
  });
  const judge = new Judge({
    tag: (epc) => state.book.get(epc),
    config: () => state.config,
    now,
    link,
  });
  const passes: PassContext = {
    state,
    judge,
    onPass: (news) => openByHand(news),
    storeId: config.store_id,
    edgeNow: () => now() + link.clockOffsetMs,
    now,
    monotonicMs,
    refreshKeys: () => link.refreshKeys(),
  };

  const commands: CommandDesk = new CommandDesk({
    state,
    now,
    newId: () => `cmd_${newUuid()}`,
    log,
    send: (deviceId, message) => bus.sendCommand(deviceId, message),
    obeys: (deviceId) => bus.desk.obeys(deviceId),
    onCommand: (command) => {
      if (hasEnded(command.status)) metrics.count('sesame_mqtt_commands_total', { outcome: command.status });
      const seen = bus.desk.get(command.device_id);
      if (seen !== null) activity.emit({ event: 'device', data: shownOnBus(seen) });
    },
  });
  closers.push(() => commands.close());
  const shownOnBus = (seen: BusDevice): FloorDevice => floorBusDevice(seen, commands.latest(seen.device.id));
  const showVendor = (id: string, health: VendorHealth): FloorDevice => ({
    id,
    kind: 'vendor',
    name: id,
    gate_id: null,
    ...health,
  });
  const vendors = new Vendors({
    vendors: config.vendors,
    state,
    now,
    newId: () => `vdl_${newUuid()}`,
    timezone: () => state.config?.timezone ?? null,
    log,
    count: (name, labels, by) => metrics.count(name, labels, by),
    onHealth: (id, health) => activity.emit({ event: 'device', data: showVendor(id, health) }),
  });
  closers.push(() => vendors.close());
  const onDevice = (seen: BusDevice): void => activity.emit({ event: 'device', data: shownOnBus(seen) });
  const bus: Bus = await openBus({ config, state, now, log, metrics, gate, commands, onDevice });
  closers.push(() => bus.close());
  closers.push(() => gate.close());
  activity.onWatched((watched) => gate.link.setWatched(watched));
  const guarding = await listening;
  if (!guarding.ok) {
    await closeAll();
    return guarding;
  }

  const devices = new Devices({
    config,
    now,
    log,
    onHealth: (device, changedState) => showHealth(device, changedState),
  });
  closers.push(() => devices.close());
  const tillEvents = new TillEvents();
  closers.push(() => tillEvents.close());
  devices.onCode((scan) => {
    activity.emit({ event: 'scan', data: floorScan(scan) });
    tillEvents.scanned(scan.kioskId, scan.code.raw, scan.code.aim);
  });

  const raster = new Rasterizer({
    cacheDir: join(config.data_dir, 'fonts'),
    fonts: config.print_fonts,
    logos: config.print_logos,
  });
  closers.push(() => raster.close());
  const drawer: Drawer = { raster, logos: new Set(Object.keys(config.print_logos)) };
  const queue: PrintQueue = new PrintQueue({
    state,
    printers: devices.printers,
    drawer,
    edge,
    linked: () => link.linked(),
    now,
    newId: () => `prj_${newUuid()}`,
    log,
    onJob: (job) => showJob(job),
  });
  closers.push(() =>
    Promise.race([
      queue.stop(),
      new Promise<void>((resolve) => setTimeout(resolve, PRINT_FINISH_MS).unref()),
    ]),
  );
  const till: Till = new Till({
    state,
    storeId: config.store_id,
    agentId: config.agent_id,
    edge,
    link,
    printing: queue,
    printerOf: (deviceId) => config.tills.find((one) => one.device_id === deviceId)?.printer_id,
    openDrawer: drawerOpener(config.tills, devices.printers, log),
    terminals: devices.terminals,
    payUrl: (orderId, reference) =>
      `${config.pay_url ?? config.edge_url}/pay/${config.store_id}/${orderId}#${reference}`,
    now,
    newUuid,
    log,
    onChange: () => tillEvents.changed(),
  });
  closers.push(() => till.close());
  closers.push(() => link.close());

  const alarms = new Alarms({
    state,
    now,
    newId: () => `alm_${newUuid()}`,
    onAlarm: (alarm) => activity.emit({ event: 'alarm', data: alarm }),
  });
  closers.push(() => alarms.close());

  link.onStatus(() => gate.link.setLinked(link.linked()));
  link.onStatus(() => {
    activity.emit({ event: 'link', data: floorLink({ state, link, now }) });
    till.linkChanged();
  });

  const allDevices = (): FloorDevice[] => [
    ...gate.devices(),
    ...devices.list(),
    ...bus.devices().map(shownOnBus),
    ...vendors.list().map(({ id, health }) => showVendor(id, health)),
  ];
  // Everybody who hears of the gates is there now.
  gate.attach({
    ask: async (epcs, withinMs, traceparent) => {
      const { changes, paying } = await edge.ask(epcs, withinMs, traceparent);
      learnTags(state, changes);
      return paying;
    },
    onDecision: (news) => {
      metrics.count('sesame_tag_reads_total', { source: news.source }, news.sights);
      recordDecision(state, news);
      showDecision(news);
    },
    onReads: (reads) => activity.emit({ event: 'reads', data: reads }),
    onInput: (input) => activity.emit({ event: 'input', data: input }),
    onDropped: (gateId) => {
      const device = state.config?.devices.find((one) => one.id === gateId);
      if (device !== undefined) bus.desk.refuse(device, 'rate');
    },
    onMalformed: () => metrics.count('sesame_mqtt_malformed_total'),
    onHealth: (device, changedState) => showHealth(device, changedState),
    onConnection: (stream, remote) => bus.accept(stream, { remote }),
  });
  const app = createApp({
    config,
    state,
    link,
    gate,
    judge,
    mutes,
    onByHand: openByHand,
    passes,
    queue,
    till,
    tillEvents,
    drawer,
    printers: devices.printers,
    bus,
    commands,
    vendors,
    activity,
    alarms,
    metrics,
    devices: allDevices,
    now,
    newRequestId: () => `req_${newUuid()}`,
    log,
  });
  let server: Awaited<ReturnType<typeof serveHttp>>;
  try {
    server = await serveHttp(app, config.http);
  } catch (error) {
    return failed('http_port', `${config.http.host}:${config.http.port}`, error);
  }
  closers.push(() => server.close());

  state.forgetOld();
  const forgetting = setInterval(() => state.forgetOld(), FORGET_EVERY_MS);
  closers.push(() => clearInterval(forgetting));
  const copying = setInterval(() => state.saveTags(), COPY_TAGS_EVERY_MS);
  closers.push(() => clearInterval(copying));
  commands.run();
  vendors.start();
  queue.start();
  till.start();
  link.start();

  function openByHand(news: DecisionNews): void {
    const { id, decision, epcs, at, as_of, gate_id } = news;
    if (gate_id !== null)
      gate.passed(gate_id, { id, decision, epcs, at, ...(as_of === undefined ? {} : { as_of }) });
    showDecision(news);
  }

  function showDecision(news: DecisionNews): void {
    metrics.count('sesame_gate_decisions_total', { decision: news.decision });
    metrics.decisionTook(news.took_us / 1_000_000);
    const alarm = alarmNewsOf(news);
    if (alarm !== null) alarms.raise(alarm);
    if (news.fresh) activity.emit({ event: 'decision', data: floorDecision(news) });
  }

  function showHealth(device: FloorDevice, changedState: boolean): void {
    activity.emit({ event: 'device', data: device });
    bus.publishStatus(device.id, { state: device.state, detail: device.detail, since: device.since });
    if (changedState)
      state.record('device', {
        device_id: device.id,
        kind: device.kind,
        state: device.state,
        detail: device.detail,
      });
  }

  function showJob(job: PrintJob): void {
    activity.emit({ event: 'print', data: floorPrint(job) });
    if (job.status === 'printed' || job.status === 'failed' || job.status === 'doubtful') {
      metrics.count('sesame_prints_total', { result: job.status });
    }
  }

  return ok({
    httpPort: server.port,
    mqttPort: gate.mqttPort,
    gateHttpPort: gate.httpPort,
    state,
    link,
    alive: () => gate.alive,
    crashGates: () => gate.crash(),
    stop: closeAll,
  });
}
