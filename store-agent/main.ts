import { readFileSync } from 'node:fs';
import { enableCompileCache, flushCompileCache } from 'node:module';
import { dirname } from 'node:path';
import { type Command, parseCommandLine, USAGE } from './command_line.ts';
import { spawnGate } from './gate/spawn.ts';
import { createLog, errorText } from './log.ts';
import { reachable } from './reachable.ts';

const STOP_MS_MAX = 2_800;
/** Nothing was started: the configuration, a port or the data folder has to be put right first. */
const EXIT_SETUP = 2;
/** The doctor found something wrong. */
const EXIT_WRONG = 1;

const log = createLog((line) => process.stderr.write(line), Date.now);
// A reader of our output that has gone must not end the store's gate.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

function giveUp(message: string, detail?: string): never {
  log('error', message, detail === undefined ? {} : { detail });
  process.exit(EXIT_SETUP);
}

function commandLine(): Command {
  const command = parseCommandLine(process.argv.slice(2));
  if (command.ok) return command.value;
  process.stderr.write(`${USAGE}\n`);
  return giveUp(command.error);
}

// Loaded one after the other and only where needed: the gates must not wait for what prints receipts.
async function readConfig(file: string) {
  const { parseConfig } = await import('./config.ts');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return giveUp(`the configuration ${file} cannot be read`, errorText(error));
  }
  const config = parseConfig(text, dirname(file));
  if (config.ok) return config.value;
  for (const complaint of config.error) log('error', `configuration: ${complaint}`);
  return process.exit(EXIT_SETUP);
}

// What is loaded below comes compiled from the second start on.
enableCompileCache();
const command = commandLine();
const worker = command.do === 'run' ? spawnGate() : undefined;
if (command.do === 'doctor') {
  const [{ examine }, { report }] = await Promise.all([
    import('./doctor/examine.ts'),
    import('./doctor/finding.ts'),
  ]);
  const findings = await examine(command.config, Date.now);
  process.stdout.write(`${command.json ? JSON.stringify(findings, null, 2) : report(findings)}\n`);
  process.exit(findings.some(({ state }) => state === 'wrong') ? EXIT_WRONG : 0);
}
const config = await readConfig(command.config);
if (command.do === 'enrol') {
  const cloud = command.cloud ?? config.cloud_url;
  if (cloud === undefined) giveUp('where is the cloud? --cloud URL, or cloud_url in the configuration');
  const { enrolAgent } = await import('./service/enrol.ts');
  const enrolled = await enrolAgent(config, cloud, command.code);
  if (!enrolled.ok) giveUp('not enrolled', enrolled.error);
  process.stdout.write(`Enrolled. The token stands in ${enrolled.value.token_file}.\n`);
  process.exit(0);
}
const environment = { now: Date.now, monotonicMs: () => performance.now(), random: Math.random, log };
const { openEarly } = await import('./gate/open_early.ts');
const early = openEarly(config, environment, worker);
const { startAgent } = await import('./agent.ts');
const started = await startAgent(config, environment, early);
if (!started.ok) {
  const { code, what, detail } = started.error;
  const MESSAGES = {
    http_port: `the HTTP address ${what} cannot be had: is another agent running?`,
    mqtt_port: `the MQTT address ${what} cannot be had: is another broker running?`,
    data_dir: `the data folder ${what} cannot be used: is another agent running on it?`,
  };
  giveUp(MESSAGES[code], detail);
}
const agent = started.value;
const [{ keepTokenFresh }, { tellSystemd }, { readToken }] = await Promise.all([
  import('./service/renew_token.ts'),
  import('./service/watchdog.ts'),
  import('./link/edge_http.ts'),
]);
const stopRenewing = keepTokenFresh({
  cloudUrl: config.cloud_url ?? null,
  agentId: config.agent_id,
  tokenFile: config.token_file,
  token: () => readToken(config.token_file),
  now: Date.now,
  log,
});
const goodbye = tellSystemd({ environment: process.env, alive: () => agent.alive(), log });

let stopping = false;
function stop(signal: string): void {
  if (stopping) process.exit(1);
  stopping = true;
  log('info', 'stopping', { signal });
  setTimeout(() => {
    log('error', 'not stopped in time');
    process.exit(1);
  }, STOP_MS_MAX).unref();
  stopRenewing();
  void goodbye();
  agent.stop().then(
    () => process.exit(0),
    (error: unknown) => {
      log('error', 'stopping failed', { err: errorText(error) });
      process.exit(1);
    },
  );
}
process.on('SIGTERM', () => stop('SIGTERM'));
process.on('SIGINT', () => stop('SIGINT'));

// A bug that nobody caught: what is on disk is whole, so a fresh process is the safest state there is.
process.on('uncaughtException', (error) => {
  log('error', 'uncaught', { err: `${errorText(error)} ${error.stack ?? ''}` });
  process.exit(1);
});

const http = `http://${reachable(config.http.host)}:${agent.httpPort}`;
const mqtt = `mqtt://${reachable(config.mqtt.host)}:${agent.mqttPort}`;
log('info', 'ready', { http, mqtt, pid: process.pid, store: config.store_id });
process.stdout.write(`${JSON.stringify({ ready: true, http, mqtt, pid: process.pid })}\n`);
flushCompileCache();
