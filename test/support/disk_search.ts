import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';

export interface Found {
  /** From the folder that was searched. */
  file: string;
  what: string;
}

const SQLITE = 'SQLite format 3\0';
/** Fields under which somebody would keep what the schemes forbid to keep (PCI DSS 3.3): with a value in them. */
const CARD_FIELDS =
  /"(?:pan|card_?number|cvv2?|cvc2?|track_?[12]?|track_?data|security_?code)"\s*:\s*(?:"[^"]|\d)/i;

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** The databases of a folder that no process has open. */
export function databasesIn(folder: string): { file: string; path: string }[] {
  return filesIn(folder)
    .filter((path) => headOf(path) === SQLITE)
    .map((path) => ({ file: relative(folder, path), path }));
}

function headOf(path: string): string {
  const head = Buffer.alloc(SQLITE.length);
  const file = openSync(path, 'r');
  try {
    readSync(file, head);
  } finally {
    closeSync(file);
  }
  return head.toString('latin1');
}

/** Which of these texts, of ASCII, are among the bytes, by what they are: without its zeros UTF-16 reads as UTF-8. */
export function findTexts(bytes: Buffer, texts: ReadonlyMap<string, string>): string[] {
  const read = bytes.toString('latin1').replaceAll('\0', '');
  return [...texts].flatMap(([what, text]) => (read.includes(text) ? [what] : []));
}

/**
 * Looks for texts in all files of a folder, byte by byte (free pages and logs of databases too), and in every value of
 * every table, since the bytes of a long value do not lie side by side.
 */
export function searchDisk(folder: string, texts: ReadonlyMap<string, string>): Found[] {
  const raw = filesIn(folder).flatMap((path) =>
    findTexts(readFileSync(path), texts).map((what) => ({ file: relative(folder, path), what })),
  );
  const stored = databasesIn(folder).flatMap(({ file, path }) => {
    const values = Buffer.concat(valuesOf(path).flatMap((value) => [value, Buffer.from('\n')]));
    const found = findTexts(values, texts);
    if (CARD_FIELDS.test(values.toString('latin1'))) found.push('a field of a card');
    return found.map((what) => ({ file, what }));
  });
  const seen = new Map([...raw, ...stored].map((one) => [`${one.file} ${one.what}`, one]));
  return [...seen.values()];
}

const Names = z.array(z.object({ name: z.string() }));
const Row = z.record(z.string(), z.unknown());

function valuesOf(path: string): Buffer[] {
  const db = new DatabaseSync(path);
  try {
    const tables = Names.parse(
      db
        .prepare(`SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'`)
        .all(),
    );
    return tables.flatMap(({ name }) => {
      const read = db.prepare(`SELECT * FROM "${name.replaceAll('"', '""')}"`);
      read.setReadBigInts(true);
      return read.all().flatMap((row) =>
        Object.values(Row.parse({ ...row })).flatMap((value) => {
          if (value instanceof Uint8Array) return [Buffer.from(value)];
          return value === null ? [] : [Buffer.from(String(value))];
        }),
      );
    });
  } finally {
    db.close();
  }
}
