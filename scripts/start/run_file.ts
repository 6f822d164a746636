import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const Port = z.number().int().min(1).max(65_535);

/** What this run chose, for its children: a child that is started again finds the same ports. */
export const RunFile = z.object({
  ports: z.object({
    edge: Port,
    cloud: Port,
    agent: Port,
    mqtt: Port,
    /** The store's line to the edge, and the demo's own front with the floor page. */
    line: Port,
    /** The simulated card terminal. */
    terminal: Port,
    floor: Port,
    /** Null where a real device is used instead of the simulator. */
    llrp: Port.nullable(),
    printer: Port.nullable(),
  }),
  /** The floor's port was asked for: no other will do. */
  floor_is_fixed: z.boolean(),
});
export type RunFile = z.infer<typeof RunFile>;

const pathIn = (folder: string): string => join(folder, 'run.json');

export function writeRunFile(folder: string, run: RunFile): void {
  writeFileSync(`${pathIn(folder)}.new`, `${JSON.stringify(run)}\n`);
  renameSync(`${pathIn(folder)}.new`, pathIn(folder));
}

export const readRunFile = (folder: string): RunFile =>
  RunFile.parse(JSON.parse(readFileSync(pathIn(folder), 'utf8')));
