import { z } from 'zod';
import { Instant } from '../../../shared/api/common.ts';
import { StoreId } from '../../../shared/ids/index.ts';
import { ImportFormat } from '../../../shared/promotion/import/entry.ts';
import { promotionImport as table } from '../../db/schema.ts';

export const ImportMode = z.enum(['merge', 'replace']);

const Problem = z.object({ path: z.string(), code: z.string(), message: z.string() });
const Note = z.object({ code: z.string(), message: z.string() });
export type Note = z.infer<typeof Note>;

/** An entry of a file that was refused, or taken with a note. */
export const ImportedEntry = z.object({
  /** Place in the file, from 1. */
  position: z.number().int(),
  line: z.number().int(),
  key: z.string(),
  /** Why it was refused; empty: it was taken. */
  problems: z.array(Problem),
  notes: z.array(Note),
});
export type ImportedEntry = z.infer<typeof ImportedEntry>;

/** One reading of a promotion file and what came of it. */
export const PromotionImport = z.object({
  id: z.string(),
  format: ImportFormat,
  mode: ImportMode,
  store_id: StoreId.nullable(),
  state: z.enum(['running', 'finished', 'failed', 'interrupted']),
  read_bytes: z.number().int(),
  entries: z.number().int(),
  created: z.number().int(),
  updated: z.number().int(),
  unchanged: z.number().int(),
  refused: z.number().int(),
  /** Of earlier files of the source, live no more because this one lacks them. */
  ended: z.number().int(),
  /** What was wrong with the file as a whole: what came before it stands. */
  file_problem: Problem.nullable(),
  notes: z.array(Note),
  started_at: Instant,
  finished_at: Instant.nullable(),
});
export type PromotionImport = z.infer<typeof PromotionImport>;

export const IMPORT_COLUMNS = {
  id: table.id,
  format: table.format,
  mode: table.mode,
  store_id: table.store_id,
  state: table.state,
  read_bytes: table.read_bytes,
  entries: table.entries,
  created: table.created,
  updated: table.updated,
  unchanged: table.unchanged,
  refused: table.refused,
  ended: table.ended,
  file_problem: table.file_problem,
  notes: table.notes,
  started_at: table.started_at,
  finished_at: table.finished_at,
};

export const importOf = ({ file_problem, notes, ...row }: { file_problem: string | null; notes: string }) =>
  PromotionImport.parse({
    ...row,
    file_problem: file_problem === null ? null : JSON.parse(file_problem),
    notes: JSON.parse(notes),
  });
