import { err, ok, type Result } from '../../result.ts';
import { parsePromotion } from '../parse.ts';
import { type Decoded, TextReader } from './decode_text.ts';
import {
  type Draft,
  type DraftReader,
  ENTRIES_MAX,
  FILE_BYTES_MAX,
  type ImportEntry,
  type ImportedPromotion,
  type ImportFormat,
  type ImportOptions,
  type ImportProblem,
  type ImportSummary,
  KEY_CHARACTERS_MAX,
  PROBLEMS_MAX,
  problem,
  type Read,
  shortened,
} from './entry.ts';
import { CsvReader } from './read_csv.ts';
import { JsonReader } from './read_json.ts';
import { PromoFullReader } from './read_promofull.ts';

/** Bytes read at a time, so that a file that comes in one piece is not turned into entries all at once. */
const PIECE_BYTES = 64 * 1024;

const READERS: Record<ImportFormat, (options: ImportOptions) => DraftReader> = {
  json: () => new JsonReader(),
  csv: (options) => new CsvReader(options.currency),
  promofull: (options) => new PromoFullReader(options),
};

/**
 * Reads the promotions of a file one by one, holding one of them at a time. Nothing in the file makes it throw: a
 * broken entry is given out as refused, and a broken file ends with the summary's `file_problem`. An error of
 * `chunks` itself passes through.
 */
export async function* readPromotions(
  format: ImportFormat,
  chunks: AsyncIterable<Uint8Array>,
  options: ImportOptions,
): AsyncGenerator<ImportEntry, ImportSummary> {
  const file = new FileReading(READERS[format](options), options);
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length && file.isOpen; at += PIECE_BYTES)
      yield* file.push(chunk.subarray(at, at + PIECE_BYTES));
    if (!file.isOpen) break;
  }
  if (file.isOpen) yield* file.end();
  return file.summary;
}

class FileReading {
  readonly summary: ImportSummary = { entries: 0, accepted: 0, refused: 0, notes: 0, file_problem: null };
  readonly #decoder = new TextReader();
  readonly #reader: DraftReader;
  readonly #options: ImportOptions;
  readonly #keys = new Set<string>();
  #bytes = 0;

  constructor(reader: DraftReader, options: ImportOptions) {
    this.#reader = reader;
    this.#options = options;
  }

  get isOpen(): boolean {
    return this.summary.file_problem === null;
  }

  *push(bytes: Uint8Array): Generator<ImportEntry> {
    this.#bytes += bytes.length;
    if (this.#bytes > FILE_BYTES_MAX) {
      const message = `the file is larger than ${FILE_BYTES_MAX / 1024 / 1024} MiB`;
      yield* this.#break(problem('', 'file_too_big', message));
    } else yield* this.#read(this.#decoder.push(bytes));
  }

  *end(): Generator<ImportEntry> {
    yield* this.#read(this.#decoder.end());
    if (this.isOpen) yield* this.#give(this.#reader.end());
  }

  *#read({ text, problem: broken }: Decoded): Generator<ImportEntry> {
    yield* this.#give(this.#reader.push(text));
    if (broken !== null && this.isOpen) yield* this.#break(broken);
  }

  *#give({ drafts, problem: broken }: Read): Generator<ImportEntry> {
    for (const draft of drafts) {
      if (this.summary.entries === ENTRIES_MAX) {
        this.summary.file_problem = problem('', 'too_many_entries', `more than ${ENTRIES_MAX} promotions`);
        return;
      }
      yield this.#finish(draft);
    }
    if (broken !== null) yield* this.#break(broken);
  }

  *#break(broken: ImportProblem): Generator<ImportEntry> {
    this.summary.file_problem = broken;
    for (const draft of this.#reader.breakOff()) yield this.#finish(draft);
  }

  #finish(draft: Draft): ImportEntry {
    const result = this.#check(draft);
    const { line, notes } = draft;
    this.summary.entries += 1;
    this.summary[result.ok ? 'accepted' : 'refused'] += 1;
    this.summary.notes += notes.length;
    const key = shortened(draft.key, KEY_CHARACTERS_MAX);
    return { line, key, result: result.ok ? result : err(fewer(result.error)), notes };
  }

  #check({ key, store_codes, document }: Draft): Result<ImportedPromotion, ImportProblem[]> {
    const path = 'retailer_promotion_id';
    if (key.length > KEY_CHARACTERS_MAX)
      return err([problem(path, 'key_too_long', `a key has at most ${KEY_CHARACTERS_MAX} characters`)]);
    const isTwice = key !== '' && this.#keys.has(key);
    this.#keys.add(key);
    if (!document.ok) return document;
    if (key === '') return err([problem(path, 'missing_key', 'it has no key')]);
    if (isTwice) return err([problem(path, 'duplicate_key', `${key} stood in the file before`)]);
    // The retailer's key gives the id, so that the same file twice changes nothing.
    const { ksuid: _, ...fields } = document.value;
    const parsed = parsePromotion({ ...fields, id: this.#options.idOf(key, store_codes) });
    return parsed.ok ? ok({ promotion: parsed.value, store_codes }) : err(parsed.error.issues);
  }
}

function fewer(problems: ImportProblem[]): ImportProblem[] {
  const shown = problems.slice(0, PROBLEMS_MAX);
  const more = problems.length - shown.length;
  return more === 0 ? shown : [...shown, problem('', 'more_problems', `and ${more} more`)];
}
