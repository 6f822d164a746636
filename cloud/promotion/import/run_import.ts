import { and, asc, eq, gt, sql } from 'drizzle-orm';
import type { ImportEntry, ImportProblem, ImportSummary } from '../../../shared/promotion/import/entry.ts';
import { readPromotions } from '../../../shared/promotion/import/read_promotions.ts';
import { Promotion } from '../../../shared/promotion/schema.ts';
import type { Act } from '../../act.ts';
import { audit } from '../../audit/record.ts';
import { type Db, type Statement, statement, writeAtOnce } from '../../db/client.ts';
import { onlyIf, wasGuarded } from '../../db/guard.ts';
import { promotion, promotionImportEntry, promotionImport as table } from '../../db/schema.ts';
import { readCatalog } from '../catalog_version.ts';
import { changeOf } from '../drafts.ts';
import { readHeld } from '../held.ts';
import { NOWHERE } from '../links.ts';
import { portionsOf, writesOf } from '../write.ts';
import { type Begun, idInSource } from './begin_import.ts';
import { BodyBroken, BodyTooLarge } from './body.ts';
import type { ImportedEntry, Note, PromotionImport } from './import_row.ts';
import { judgePortion, type Placed } from './judge_portion.ts';
import { readSkus } from './resolve_codes.ts';

const PORTION_ENTRIES = 500;
/** UTF-16 code units of a portion's promotions, roughly: it stays in memory until it is written. */
const PORTION_CHARACTERS = 2_000_000;
/** Of one import; the rest is only counted. */
const ENTRIES_KEPT_MAX = 20_000;
const SKIPPED_SHOWN_MAX = 100;
/** How often a portion is judged anew because the catalogue has changed meanwhile. */
const ATTEMPTS_MAX = 20;

export type ImportLine =
  | { type: 'progress'; id: string; read_bytes: number; entries: number; accepted: number; refused: number }
  | ({ type: 'report'; skipped: ImportedEntry[]; skipped_more: boolean } & Omit<
      PromotionImport,
      'started_at'
    >);

interface Reading {
  db: Db;
  act: Act;
  begun: Begun;
  /** Milliseconds since 1970. */
  clock: () => number;
  bytes: { read: number };
}

type Counts = Pick<PromotionImport, 'entries' | 'created' | 'updated' | 'unchanged' | 'refused' | 'ended'>;

/** A newer import of the source has taken over, or the row was closed. */
class Overtaken extends Error {}

/**
 * Reads the file and writes its promotions in portions, each whole or not at all. Yields how far it is after
 * each, and the report at the end. Whoever stops listening interrupts it; the same file again finishes it.
 */
export async function* runImport(
  reading: Reading,
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<ImportLine> {
  const run = new Run(reading);
  let closed = false;
  try {
    yield run.progress();
    let state: PromotionImport['state'] = 'finished';
    let file_problem: ImportProblem | null = null;
    try {
      file_problem = (yield* readWhole(run, reading, body)).file_problem;
      if (file_problem !== null) state = 'failed';
    } catch (error) {
      if (error instanceof BodyTooLarge) {
        await run.flush();
        state = 'failed';
        file_problem = { path: '', code: 'file_too_big', message: error.message };
      } else if (error instanceof BodyBroken || error instanceof Overtaken) state = 'interrupted';
      else throw error;
    }
    if (state === 'finished' && reading.begun.mode === 'replace') await run.endMissing();
    const report = await run.close(state, file_problem);
    closed = true;
    yield report;
  } finally {
    if (!closed) await run.close('interrupted', null);
  }
}

async function* readWhole(
  run: Run,
  { begun }: Reading,
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<ImportLine, ImportSummary> {
  const entries = readPromotions(begun.format, body, {
    currency: begun.currency,
    idOf: (key) => idInSource(begun, key),
    // Codes are resolved a portion at a time, when it is known which ones are asked for.
    skuOf: (code) => code,
  });
  for (;;) {
    const { done, value } = await entries.next();
    if (done) {
      await run.flush();
      return value;
    }
    if (run.add(value)) continue;
    await run.flush();
    yield run.progress();
  }
}

class Run {
  readonly #reading: Reading;
  readonly #counts: Counts = { entries: 0, created: 0, updated: 0, unchanged: 0, refused: 0, ended: 0 };
  readonly #seen = new Set<string>();
  readonly #skipped: ImportedEntry[] = [];
  readonly #notes: Note[] = [];
  #nameless = 0;
  #kept = 0;
  #portion: Placed[] = [];
  #characters = 0;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  /** Answers whether more fits in the portion. */
  add(entry: ImportEntry): boolean {
    const { begun } = this.#reading;
    this.#counts.entries++;
    if (entry.key === '') this.#nameless++;
    else this.#seen.add(idInSource(begun, entry.key));
    this.#portion.push({ ...entry, position: this.#counts.entries });
    if (entry.result.ok) this.#characters += JSON.stringify(entry.result.value.promotion).length;
    return this.#portion.length < PORTION_ENTRIES && this.#characters < PORTION_CHARACTERS;
  }

  progress(): ImportLine {
    const { entries, created, updated, unchanged, refused } = this.#counts;
    const { begun, bytes } = this.#reading;
    const accepted = created + updated + unchanged;
    return { type: 'progress', id: begun.id, read_bytes: bytes.read, entries, accepted, refused };
  }

  /** Writes the portion with its part of the report. */
  async flush(): Promise<void> {
    const { db, begun } = this.#reading;
    const portion = this.#portion;
    if (portion.length === 0) return;
    const promotions = portion.flatMap(({ result }) => (result.ok ? [result.value.promotion] : []));
    const skus = begun.format === 'promofull' ? await readSkus(db, begun.retailer_id, promotions) : null;
    await this.#write(async (now) => {
      const catalog = await readCatalog(db, begun.retailer_id);
      const held = await readHeld(db, begun.retailer_id, {
        ids: promotions.map(({ id }) => id),
        keys: promotions.flatMap(({ retailer_promotion_id: key }) => (key === undefined ? [] : [key])),
      });
      const { changes, entries, ...counts } = judgePortion(begun, portion, catalog, held, skus);
      const kept = entries.slice(0, ENTRIES_KEPT_MAX - this.#kept);
      return {
        statements: [...writesOf(begun.retailer_id, catalog.version, changes, now), ...this.#keep(kept)],
        counts,
        written: () => {
          this.#kept += kept.length;
          const refused = entries.filter(({ problems }) => problems.length > 0);
          this.#skipped.push(...refused.slice(0, SKIPPED_SHOWN_MAX - this.#skipped.length));
        },
      };
    });
    this.#portion = [];
    this.#characters = 0;
  }

  /** Takes what earlier files of the source had and this one lacks out of every store. */
  async endMissing(): Promise<void> {
    const { db, begun } = this.#reading;
    if (this.#counts.entries === 0 || this.#nameless > 0) {
      const message =
        this.#counts.entries === 0
          ? 'the file has no promotions: none of the earlier ones was ended'
          : `${this.#nameless} entries have no key and may be any of the earlier promotions: none was ended`;
      this.#notes.push({ code: 'nothing_ended', message });
      return;
    }
    let after = '';
    for (;;) {
      const rows = await db
        .select({ id: promotion.id })
        .from(promotion)
        .where(
          and(
            eq(promotion.retailer_id, begun.retailer_id),
            eq(promotion.source, begun.source),
            gt(promotion.id, after),
            sql`${promotion.unlinked_at} IS NULL`,
          ),
        )
        .orderBy(asc(promotion.id))
        .limit(PORTION_ENTRIES);
      const missing = rows.map(({ id }) => id).filter((id) => !this.#seen.has(id));
      if (missing.length > 0) await this.#end(missing);
      after = rows.at(-1)?.id ?? after;
      if (rows.length < PORTION_ENTRIES) return;
    }
  }

  async #end(ids: readonly string[]): Promise<void> {
    const { db, begun } = this.#reading;
    await this.#write(async (now) => {
      const { version } = await readCatalog(db, begun.retailer_id);
      const changes = (await readHeld(db, begun.retailer_id, { ids })).flatMap((before) => {
        const ended = Promotion.parse(JSON.parse(before.document));
        return changeOf({ before, promotion: ended, links: NOWHERE, source: before.source }) ?? [];
      });
      const statements = writesOf(begun.retailer_id, version, changes, now);
      return { statements, counts: { ended: changes.length }, written: () => undefined };
    });
  }

  /** One batch over the catalogue as it is, again while others are quicker. */
  async #write(
    decide: (now: string) => Promise<{ statements: Statement[]; counts: Partial<Counts>; written(): void }>,
  ): Promise<void> {
    const { db } = this.#reading;
    for (let attempt = 1; ; attempt++) {
      const now = this.#now();
      const { statements, counts, written } = await decide(now);
      const sums = { ...this.#counts };
      for (const name of ['created', 'updated', 'unchanged', 'refused', 'ended'] as const)
        sums[name] += counts[name] ?? 0;
      try {
        await writeAtOnce(db, [this.#stillRunning(), ...statements, this.#touch(sums, now)]);
      } catch (error) {
        if (!wasGuarded(error)) throw error;
        if (!(await this.#isRunning())) throw new Overtaken();
        if (attempt === ATTEMPTS_MAX) throw error;
        continue;
      }
      Object.assign(this.#counts, sums);
      written();
      return;
    }
  }

  async close(state: PromotionImport['state'], file_problem: ImportProblem | null): Promise<ImportLine> {
    const { db, act, begun, bytes } = this.#reading;
    const now = this.#now();
    const counts = this.#counts;
    const row = {
      state,
      read_bytes: bytes.read,
      file_problem: file_problem === null ? null : JSON.stringify(file_problem),
      notes: JSON.stringify(this.#notes),
      finished_at: now,
    };
    await writeAtOnce(db, [
      db
        .update(table)
        .set({ ...row, ...counts })
        .where(and(this.#here(), eq(table.state, 'running')))
        .toSQL(),
      audit(db, act, 'promotion.import', begun.id, { state, ...counts }),
    ]);
    const { id, format, mode, store_id = null } = begun;
    return {
      type: 'report',
      id,
      format,
      mode,
      store_id,
      state,
      read_bytes: bytes.read,
      ...counts,
      file_problem,
      notes: this.#notes,
      finished_at: now,
      skipped: this.#skipped,
      skipped_more: counts.refused > this.#skipped.length,
    };
  }

  #keep(entries: readonly ImportedEntry[]): Statement[] {
    const { begun } = this.#reading;
    const rows = entries.map(({ position, line, key, problems, notes }) => [
      position,
      line,
      key,
      JSON.stringify(problems),
      JSON.stringify(notes),
    ]);
    return portionsOf(rows).map((portion) =>
      statement(sql`INSERT INTO ${promotionImportEntry} (retailer_id, import_id, position, line, key, problems, notes)
        SELECT ${begun.retailer_id}, ${begun.id}, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4
        FROM json_each(${portion})`),
    );
  }

  #touch(counts: Counts, touched_at: string): Statement {
    const set = { ...counts, read_bytes: this.#reading.bytes.read, touched_at };
    return this.#reading.db.update(table).set(set).where(this.#here()).toSQL();
  }

  #here() {
    const { retailer_id, id } = this.#reading.begun;
    return and(eq(table.retailer_id, retailer_id), eq(table.id, id));
  }

  #stillRunning = (): Statement =>
    onlyIf(sql`(SELECT ${table.state} FROM ${table} WHERE ${this.#here()}) = 'running'`);

  async #isRunning(): Promise<boolean> {
    const [row] = await this.#reading.db.select({ state: table.state }).from(table).where(this.#here());
    return row?.state === 'running';
  }

  #now = (): string => new Date(this.#reading.clock()).toISOString();
}
