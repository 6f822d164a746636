import type { DemoFile } from '../demo/demo_file.ts';
import type { Samples } from '../demo/samples.ts';

export interface Running {
  urls: {
    edge: string;
    cloud: string;
    agent: string;
    mqtt: string;
    llrp: string;
    printer: string;
    floor: string;
  };
  demo: DemoFile;
  tokens: { admin: string; manager: string; cashier: string };
  samples: Samples;
  pids: { workerd: number | undefined; agent: number | undefined };
}

/** The one line of `--json`. */
export function jsonLine({ urls, demo, tokens, samples, pids }: Running): string {
  return JSON.stringify({
    ready: true,
    ...urls,
    retailer_id: demo.retailer_id,
    store_id: demo.store_id,
    gate_id: demo.gate.id,
    printer_id: demo.printer.id,
    currency: demo.currency,
    tokens: {
      ...tokens,
      service: demo.service_token,
      gate: { username: demo.gate.username, password: demo.gate.password },
      kiosk: demo.kiosk.token,
    },
    samples,
    pids,
  });
}

/** The same for a person at a terminal. */
export function table({ urls, demo, tokens, samples }: Running, seconds: number, logs: string): string {
  const { admin, manager, cashier } = demo.staff;
  const rows: [string, string][] = [
    ['Shopper', `${urls.edge}/?store=${demo.store_id}`],
    ['Store floor', `${urls.floor}/floor/#token=${tokens.manager}`],
    ['Kiosk', `${urls.agent}/kiosk/#token=${demo.kiosk.token}`],
    ['Dashboard', urls.cloud],
    ['  admin', `${admin.email}  ${admin.password}`],
    ['  manager', `${manager.email}  ${manager.password}`],
    ['  cashier', `${cashier.email}  ${cashier.password}`],
    ['API', [urls.edge, urls.cloud, urls.agent].map((base) => `${base}/docs`).join('  ')],
    ['Gates (MQTT)', urls.mqtt],
    ['  user', demo.gate.username],
    ['  password', demo.gate.password],
    ['RFID reader', urls.llrp],
    ['Printer', urls.printer],
    ['Logs', logs],
    ['Codes to scan', samples.codes.slice(0, 3).join('  ')],
    ['  on offer', samples.promoted_codes.slice(0, 3).join('  ')],
    ['  tagged', samples.epcs.slice(0, 2).join('  ')],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
  return `\nThe demo store is open (${seconds.toFixed(1)} s). Ctrl-C closes it and keeps everything.\n\n${lines.join('\n')}\n\n`;
}
