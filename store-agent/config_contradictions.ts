import { z } from 'zod';

const KINDS = ['readers', 'printers', 'scanners', 'lines', 'terminals', 'vendors'] as const;

const Listener = z.looseObject({ port: z.number().optional().catch(undefined) }).catch({});
const Named = z
  .array(z.looseObject({ id: z.string().optional().catch(undefined), data_listen: Listener }))
  .catch([]);
/** As much of a configuration as these rules look at, whatever else is wrong with it. */
const Loose = z.looseObject({
  readers: Named,
  printers: Named,
  scanners: Named,
  lines: Named,
  terminals: Named,
  vendors: Named,
  http: Listener,
  mqtt: z.looseObject({ port: z.number().optional().catch(undefined), tls: Listener }).catch({ tls: {} }),
  gate_http: Listener,
});

/**
 * What no field says alone: an id that stands twice, two listeners on one port. Looked for in the text as it
 * is, so that these mistakes are listed together with those of single fields.
 */
export function contradictions(json: unknown): string[] {
  const config = Loose.safeParse(json);
  if (!config.success) return [];
  const complaints: string[] = [];
  const ids = new Set<string>();
  for (const kind of KINDS) {
    config.data[kind].forEach(({ id }, index) => {
      if (id === undefined) return;
      if (ids.has(id)) complaints.push(`${kind}.${index}.id: this id is used twice`);
      ids.add(id);
    });
  }
  const { http, mqtt, gate_http, readers } = config.data;
  const listeners: [string, { port?: number | undefined }][] = [
    ['http', http],
    ['mqtt', mqtt],
    ['mqtt.tls', mqtt.tls],
    ['gate_http', gate_http],
    ...readers.map(({ data_listen }, index): [string, { port?: number | undefined }] => [
      `readers.${index}.data_listen`,
      data_listen,
    ]),
  ];
  const ports = new Set<number>();
  for (const [name, { port }] of listeners) {
    if (port === undefined || port === 0) continue;
    if (ports.has(port)) complaints.push(`${name}.port: another listener of this agent has this port`);
    ports.add(port);
  }
  return complaints;
}
