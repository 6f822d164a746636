import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { startAgent } from './agent.ts';
import { parseConfig } from './config.ts';
import { createLog, errorText } from './log.ts';

const STOP_MS_MAX = 2_800;
/** Nothing was started: the configuration, a port or the data folder has to be put right first. */
const EXIT_SETUP = 2;

const log = createLog((line) => process.stderr.write(line), Date.now);
// A reader of our output that has gone must not end the store's gate.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

function giveUp(message: string, detail?: string): never {
  log('error', message, detail === undefined ? {} : { detail });
  process.exit(EXIT_SETUP);
}

function configFile(): string {
  try {
    const { values } = parseArgs({ options: { config: { type: 'string' } }, strict: true });
    if (values.config !== undefined) return values.config;
  } catch (error) {
    giveUp(errorText(error));
  }
  return giveUp('usage: store-agent/main.ts --config FILE');
}

function readConfig(file: string) {
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

const shown = (host: string): string =>
  host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;

const config = readConfig(configFile());
const started = await startAgent(config, {
  now: Date.now,
  monotonicMs: () => performance.now(),
  random: Math.random,
  log,
});
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

let stopping = false;
function stop(signal: string): void {
  if (stopping) process.exit(1);
  stopping = true;
  log('info', 'stopping', { signal });
  setTimeout(() => {
    log('error', 'not stopped in time');
    process.exit(1);
  }, STOP_MS_MAX).unref();
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

const http = `http://${shown(config.http.host)}:${agent.httpPort}`;
const mqtt = `mqtt://${shown(config.mqtt.host)}:${agent.mqttPort}`;
log('info', 'ready', { http, mqtt, pid: process.pid, store: config.store_id });
process.stdout.write(`${JSON.stringify({ ready: true, http, mqtt, pid: process.pid })}\n`);
