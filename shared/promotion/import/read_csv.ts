import { currencyExponent } from '../../money/currency.ts';
import { err, ok } from '../../result.ts';
import {
  type CellKind,
  COLUMN_NAMES,
  GROUP_COLUMN,
  GROUP_COLUMNS,
  KEY_COLUMN,
  PROMOTION_COLUMNS,
  SCHEDULE_COLUMNS,
  splitList,
  splitPair,
  unescapeText,
} from './csv_columns.ts';
import { parseDecimal } from './decimal.ts';
import {
  brokenOff,
  type Draft,
  type DraftReader,
  fileProblem,
  type ImportNote,
  type ImportProblem,
  note,
  problem,
  type Read,
  ROWS_MAX,
} from './entry.ts';
import { type CsvRecord, CsvSplitter } from './split_csv.ts';

type Fields = Record<string, unknown>;
type Row = ReadonlyMap<string, string>;

const PERCENT_DIGITS = 2;
const GROUPS_MAX = 64;
const COLUMNS_MAX = 1_000;
const PERCENT_WORDS: ReadonlySet<string> = new Set(['', 'percent', 'p']);

/** Our own CSV: rows with the same key that follow one another are one promotion. */
export class CsvReader implements DraftReader {
  readonly #splitter = new CsvSplitter();
  readonly #currency: string;
  #header: string[] | null = null;
  #headerNotes: ImportNote[] = [];
  #pending: {
    key: string;
    line: number;
    rows: { row: Row; problems: ImportProblem[] }[];
    isTooBig: boolean;
  } | null = null;

  constructor(currency: string) {
    this.#currency = currency;
  }

  push(text: string): Read {
    const { records, problem } = this.#splitter.push(text);
    return this.#read(records, problem);
  }

  end(): Read {
    const { records, problem } = this.#splitter.end();
    const read = this.#read(records, problem);
    if (this.#header === null && read.problem === null)
      return { drafts: [], problem: fileProblem(1, 'empty_file', 'the file holds nothing') };
    return read.problem === null ? { drafts: [...read.drafts, ...this.#flush()], problem: null } : read;
  }

  breakOff(): Draft[] {
    return this.#pending === null ? [] : [brokenOff(this.#pending.line, this.#pending.key)];
  }

  #read(records: CsvRecord[], broken: ImportProblem | null): Read {
    const drafts: Draft[] = [];
    for (const record of records) {
      if (this.#header !== null) drafts.push(...this.#take(this.#header, record));
      else {
        const refused = this.#readHeader(record);
        if (refused !== null) return { drafts, problem: refused };
      }
    }
    return { drafts, problem: broken };
  }

  #readHeader({ line, cells }: CsvRecord): ImportProblem | null {
    const header = cells.map((cell) => cell.trim().toLowerCase());
    if (!header.includes(KEY_COLUMN))
      return fileProblem(line, 'no_header', `the first row must name the columns, ${KEY_COLUMN} among them`);
    if (header.length > COLUMNS_MAX)
      return fileProblem(line, 'no_header', `more than ${COLUMNS_MAX} columns`);
    const twice = header.find((name, i) => name !== '' && header.indexOf(name) !== i);
    if (twice !== undefined) return fileProblem(line, 'no_header', `the column ${twice} is there twice`);
    const unknown = header.filter((name) => name !== '' && !COLUMN_NAMES.includes(name));
    if (unknown.length > 0) this.#headerNotes = [note('unknown_column', `not read: ${unknown.join(', ')}`)];
    this.#header = header;
    return null;
  }

  #take(header: string[], { line, cells, isBroken }: CsvRecord): Draft[] {
    const row = new Map(header.map((name, i) => [name, (cells[i] ?? '').trim()]));
    const problems: ImportProblem[] = [];
    if (isBroken) problems.push(problem('', 'bad_quote', `line ${line}: text beside a quoted cell`));
    if (cells.some((cell, i) => (header[i] ?? '') === '' && cell.trim() !== ''))
      problems.push(problem('', 'extra_cells', `line ${line}: a cell in no column`));
    const key = row.get(KEY_COLUMN) ?? '';
    if (this.#pending !== null && key !== '' && this.#pending.key === key) {
      const { rows } = this.#pending;
      if (rows.length < ROWS_MAX) rows.push({ row, problems });
      else this.#pending.isTooBig = true;
      return [];
    }
    const drafts = this.#flush();
    this.#pending = { key, line, rows: [{ row, problems }], isTooBig: false };
    return drafts;
  }

  #flush(): Draft[] {
    if (this.#pending === null) return [];
    const { key, line, rows, isTooBig } = this.#pending;
    this.#pending = null;
    const notes = this.#headerNotes;
    this.#headerNotes = [];
    const promotion = new PromotionRows(this.#currency);
    const problems = rows.flatMap((row) => row.problems);
    if (isTooBig) problems.push(problem('', 'entry_too_big', `more than ${ROWS_MAX} rows`));
    const document = promotion.document(rows.map(({ row }) => row));
    const all = [...problems, ...promotion.problems];
    return [
      {
        line,
        key,
        store_codes: promotion.stores,
        document: all.length > 0 ? err(all) : ok({ ...document, [KEY_COLUMN]: key }),
        notes,
      },
    ];
  }
}

/** The rows of one promotion. */
class PromotionRows {
  readonly problems: ImportProblem[] = [];
  stores: string[] | null = null;
  readonly #currency: string;

  constructor(currency: string) {
    this.#currency = currency;
  }

  document(rows: readonly Row[]): Fields {
    const fields: Fields = {};
    const schedule: Fields = {};
    const type = this.#shared(rows, 'discount_type', 'discount_type');
    for (const { name, kind } of PROMOTION_COLUMNS) {
      const cell = this.#shared(rows, name, name);
      if (cell === '') continue;
      const value = this.#value(kind, cell, name, type);
      if (name === 'stores') this.stores = splitList(cell).map(unescapeText);
      else if (name === 'currency') this.#checkCurrency(cell);
      else (SCHEDULE_COLUMNS.has(name) ? schedule : fields)[name] = value;
    }
    if (Object.keys(schedule).length > 0) fields['schedule'] = schedule;
    fields['groups'] = this.#groups(rows);
    // Whoever names qualifiers means that one is needed.
    if (fields['qualifiers'] !== undefined) fields['availability'] ??= 'special';
    return fields;
  }

  #groups(rows: readonly Row[]): Fields[] {
    const names = [...new Set(rows.map((row) => row.get(GROUP_COLUMN) ?? ''))];
    if (names.length > GROUPS_MAX) {
      this.#refuse('groups', 'too_many_groups', `more than ${GROUPS_MAX} groups`);
      return [];
    }
    return names.map((cell, i) => {
      const mine = rows.filter((row) => (row.get(GROUP_COLUMN) ?? '') === cell);
      const path = `groups.${i}`;
      const name = cell === '' ? `g${i + 1}` : cell;
      const group: Fields = { name };
      const cells = new Map<string, string>();
      for (const column of GROUP_COLUMNS) {
        const value = this.#shared(mine, column.name, `${path}.${column.name}`);
        if (value !== '') cells.set(column.name, value);
        if (value !== '' && column.name === 'maximum')
          group[column.name] = this.#value(column.kind, value, `${path}.${column.name}`, '');
      }
      group['minimum'] = this.#minimum(cells, this.#isSpend(rows, name), path);
      group['nodes'] = mine.flatMap((row) => this.#nodes(row, path));
      return group;
    });
  }

  /** Two columns, so that nobody's 100 of money is taken for 100 units or the other way about. */
  #minimum(cells: ReadonlyMap<string, string>, isSpend: boolean, path: string): unknown {
    const units = cells.get('minimum');
    const spend = cells.get('minimum_spend');
    if (isSpend) {
      if (units !== undefined || spend === undefined)
        this.#refuse(
          `${path}.minimum`,
          'bad_minimum',
          'this threshold is a spend: minimum_spend, not minimum',
        );
      return spend === undefined ? undefined : this.#money(spend, `${path}.minimum_spend`);
    }
    if (spend !== undefined)
      this.#refuse(
        `${path}.minimum`,
        'bad_minimum',
        'this threshold counts units: minimum, not minimum_spend',
      );
    return units === undefined ? 1 : this.#value('whole', units, `${path}.minimum`, '');
  }

  #isSpend(rows: readonly Row[], group: string): boolean {
    const of = (name: string): string =>
      rows.map((row) => row.get(name) ?? '').find((cell) => cell !== '') ?? '';
    const family = of('family');
    if (family === 'basket_threshold' || family === 'b') return true;
    return (family === 'basket_threshold_target' || family === 't') && of('target_group') !== group;
  }

  #nodes(row: Row, path: string): Fields[] {
    const discount: Fields = {};
    const type = row.get('item_discount_type') ?? '';
    const value = row.get('item_discount_value') ?? '';
    if (type !== '') discount['discount_type'] = type;
    if (value !== '')
      discount['discount_value'] = this.#value('value', value, `${path}.item_discount_value`, type);
    const items = (column: string, extra: Fields): Fields[] =>
      splitList(row.get(column) ?? '').map((code) => ({ node_id: unescapeText(code), ...extra }));
    const categories = (column: string, extra: Fields): Fields[] =>
      splitList(row.get(column) ?? '').map((part) => {
        const [level, name] = splitPair(part);
        if (name === null) this.#refuse(`${path}.${column}`, 'bad_category', `expected c1=name, not ${part}`);
        return { node_type: level.trim(), node_id: (name ?? '').trim(), ...extra };
      });
    return [
      ...items('items', discount),
      ...categories('categories', discount),
      ...items('excluded_items', { is_excluded: true }),
      ...categories('excluded_categories', { is_excluded: true }),
    ];
  }

  /** The one thing that the rows say in a column, '' if nothing. */
  #shared(rows: readonly Row[], column: string, path: string): string {
    const said = [...new Set(rows.map((row) => row.get(column) ?? ''))].filter((cell) => cell !== '');
    const [first = '', second] = said;
    if (second !== undefined && !this.problems.some((known) => known.path === path))
      this.#refuse(path, 'conflict', `rows of one promotion differ: ${first} and ${second}`);
    return first;
  }

  #value(kind: CellKind, cell: string, path: string, type: string): unknown {
    switch (kind) {
      case 'whole':
        return this.#number(cell, 0, path, 'bad_number', 'expected a whole number');
      case 'money':
        return this.#money(cell, path);
      case 'value':
        if (!PERCENT_WORDS.has(type)) return this.#money(cell, path);
        return this.#number(cell, PERCENT_DIGITS, path, 'bad_percent', 'expected a percentage such as 12.5');
      case 'flag':
        if (/^(true|1|false|0)$/i.test(cell)) return /^(true|1)$/i.test(cell);
        this.#refuse(path, 'bad_flag', 'expected true or false');
        return undefined;
      case 'days':
        if (/^[01]{7}$/.test(cell)) return [...cell].map((day) => day === '1');
        this.#refuse(path, 'bad_days', 'expected seven times 0 or 1, Monday first');
        return undefined;
      case 'qualifiers':
        return splitList(cell).map((part) => {
          const [id, description] = splitPair(part);
          return description === null ? { id } : { id, description };
        });
      default:
        return cell;
    }
  }

  #money(cell: string, path: string): unknown {
    const digits = currencyExponent(this.#currency);
    const example = digits === 0 ? '1250' : `12.${'5'.padEnd(digits, '0')}`;
    return this.#number(cell, digits, path, 'bad_amount', `expected ${this.#currency} such as ${example}`);
  }

  #number(cell: string, digits: number, path: string, code: string, message: string): unknown {
    const value = parseDecimal(cell, digits);
    if (value === null) this.#refuse(path, code, `${message}, not ${cell}`);
    return value ?? undefined;
  }

  #checkCurrency(cell: string): void {
    if (cell !== this.#currency)
      this.#refuse('currency', 'wrong_currency', `expected amounts in ${this.#currency}, not ${cell}`);
  }

  #refuse(path: string, code: string, message: string): void {
    this.problems.push(problem(path, code, message));
  }
}
