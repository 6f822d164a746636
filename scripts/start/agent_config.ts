import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { Currency } from '../../shared/money/currency.ts';
import type { AgentConfig } from '../../store-agent/config.ts';
import type { DemoFile } from '../demo/demo_file.ts';
import type { Address } from './options.ts';
import { LOOPBACK } from './ports.ts';
import { writePrivate } from './private_file.ts';
import type { RunFile } from './run_file.ts';

/** The simulated reader's general purpose outputs: a siren and a barrier. */
const OUTPUTS = { alarm: 1, open: 2 };

export interface AgentPlaces {
  data: string;
  root: string;
  reader: Address;
  printer: Address;
}

/** Writes what the store agent is started with, its token in a file of its own. Gives the path. */
export function writeAgentConfig(
  { data, root, reader, printer }: AgentPlaces,
  demo: DemoFile,
  { ports }: RunFile,
): string {
  const config: z.input<typeof AgentConfig> = {
    store_id: demo.store_id,
    agent_id: demo.agent.id,
    // Over the simulated line, so that it can be cut.
    edge_url: `http://${LOOPBACK}:${ports.line}`,
    token_file: 'agent.token',
    data_dir: 'agent',
    http: { host: LOOPBACK, port: ports.agent },
    mqtt: { host: LOOPBACK, port: ports.mqtt },
    readers: [
      { id: demo.reader.id, url: urlOf('llrp', reader), gate_id: demo.reader_gate.id, outputs: OUTPUTS },
    ],
    printers: [
      { id: demo.printer.id, name: 'Receipt printer', url: urlOf('tcp', printer), profile: 'epson' },
    ],
    terminals: [
      {
        id: 'terminal',
        name: 'Card terminal',
        url: `zvt://${LOOPBACK}:${ports.terminal}`,
        currency: Currency.parse(demo.currency),
        kiosk_id: demo.kiosk.id,
      },
    ],
    // A phone reaches the edge by its own network, not over the store's line.
    pay_url: `http://${LOOPBACK}:${ports.edge}`,
    floor_dir: join(root, 'store-agent/floor/dist'),
    kiosk_dir: join(root, 'store-agent/kiosk/dist'),
  };
  const path = join(data, 'agent.json');
  writePrivate(path, config);
  writeFileSync(join(data, 'agent.token'), `${demo.agent.token}\n`, { mode: 0o600 });
  return path;
}

export function urlOf(protocol: 'llrp' | 'tcp', { host, port }: Address): string {
  return `${protocol}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
