import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Sql } from '../../edge/store/sql.ts';

type Value = string | number | null;

/** The rows are what the query says; the generic is the caller's word for them, as it is in a Durable Object. */
const areRows = <Row>(rows: unknown): rows is Row[] => Array.isArray(rows);

/**
 * The SQLite of one simulated object, in memory. Its transactions are savepoints, so the whole of a walk can stand in
 * one more transaction and be taken back: the next walk then begins with the same tables, and no one makes them anew.
 */
export class Tables implements Sql {
  readonly db = new DatabaseSync(':memory:');
  readonly #statements = new Map<string, StatementSync>();
  #depth = 0;

  exec<Row extends Record<string, Value>>(query: string, ...bindings: Value[]): Row[] {
    const rows: unknown = this.#all(query, bindings);
    if (!areRows<Row>(rows)) throw new Error(`no rows from: ${query}`);
    return rows;
  }

  /** One transaction, taken back whole if it throws. */
  write<T>(change: () => T): T {
    const name = `w${this.#depth}`;
    this.#run(`SAVEPOINT ${name}`);
    this.#depth++;
    try {
      const written = change();
      this.#run(`RELEASE ${name}`);
      return written;
    } catch (error) {
      this.#run(`ROLLBACK TO ${name}`);
      this.#run(`RELEASE ${name}`);
      throw error;
    } finally {
      this.#depth--;
    }
  }

  /** From here on everything can be taken back. */
  begin(): void {
    this.#run('BEGIN');
  }

  takeBack(): void {
    this.#run('ROLLBACK');
  }

  #all(query: string, bindings: readonly Value[]): unknown {
    const statement = this.#prepared(query);
    // Node binds numbered parameters by their names only.
    return /\?\d/.test(query)
      ? statement.all(Object.fromEntries(bindings.map((value, i) => [`?${i + 1}`, value])))
      : statement.all(...bindings);
  }

  #run(query: string): void {
    this.#prepared(query).run();
  }

  #prepared(query: string): StatementSync {
    const known = this.#statements.get(query);
    if (known !== undefined) return known;
    const made = this.db.prepare(query);
    this.#statements.set(query, made);
    return made;
  }
}
