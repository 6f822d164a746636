import { z } from 'zod';

const Problem = z.object({ path: z.string(), code: z.string(), message: z.string() });
const Note = z.object({ code: z.string(), message: z.string() });

/** An entry of a file that was refused, or taken with a note. */
export const Skipped = z.object({
  position: z.int(),
  line: z.int(),
  key: z.string(),
  problems: z.array(Problem),
  notes: z.array(Note),
});
export type Skipped = z.infer<typeof Skipped>;

const Counts = {
  id: z.string(),
  format: z.string(),
  mode: z.enum(['merge', 'replace']),
  state: z.enum(['running', 'finished', 'failed', 'interrupted']),
  entries: z.int(),
  created: z.int(),
  updated: z.int(),
  unchanged: z.int(),
  refused: z.int(),
  ended: z.int(),
  file_problem: Problem.nullable(),
  notes: z.array(Note),
};

/** An import in the list of them. */
export const ImportRow = z.object({ ...Counts, started_at: z.string() });
export type ImportRow = z.infer<typeof ImportRow>;

export const Report = z.object({ type: z.literal('report'), ...Counts });
export type Report = z.infer<typeof Report>;

const Progress = z.object({
  type: z.literal('progress'),
  id: z.string(),
  read_bytes: z.int(),
  entries: z.int(),
  refused: z.int(),
});
export type Progress = z.infer<typeof Progress>;

/** What an import says while it works: one of these a line. */
export const ImportLine = z.discriminatedUnion('type', [Progress, Report]);
export type ImportLine = z.infer<typeof ImportLine>;

/** The lines of an answer as they come; a last one that was cut off is not given. */
export async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<ImportLine> {
  const reader = body.getReader();
  const utf8 = new TextDecoder();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + utf8.decode(value, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield ImportLine.parse(JSON.parse(line));
  }
}
