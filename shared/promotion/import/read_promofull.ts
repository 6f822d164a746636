import { err } from '../../result.ts';
import {
  brokenOff,
  type Draft,
  type DraftReader,
  fileProblem,
  type ImportNote,
  type ImportOptions,
  note,
  problem,
  type Read,
} from './entry.ts';
import { mapPublished } from './map_published.ts';
import { joinRow, type PublishedPromotion, publishedOf } from './published.ts';
import { type XmlEntry, type XmlSlices, XmlSplitter } from './split_xml.ts';

/** A promotion, or in older files one row of one. */
const ENTRY_NAMES: ReadonlySet<string> = new Set(['promotion', 'sale', 'line']);
/** What holds them; a file without one is not of promotions. */
const LIST_NAMES: readonly string[] = ['promotions', 'sales', 'details', 'lines', 'orderxml'];
const CURRENCY = 'ILS';

/** `PromoFull` and `Promo` files of the Israeli price transparency regulations, in the chains' several layouts. */
export class PromoFullReader implements DraftReader {
  readonly #options: ImportOptions;
  readonly #splitter = new XmlSplitter(ENTRY_NAMES, 'storeid');
  readonly #known = new Set<string>();
  /** Rows of one promotion follow one another, so the last one waits for the next. */
  #pending: PublishedPromotion | null = null;

  constructor(options: ImportOptions) {
    this.#options = options;
  }

  push(text: string): Read {
    if (this.#options.currency !== CURRENCY)
      return {
        drafts: [],
        problem: fileProblem(
          1,
          'wrong_currency',
          `amounts are in ${CURRENCY}, not ${this.#options.currency}`,
        ),
      };
    return this.#read(this.#splitter.push(text));
  }

  end(): Read {
    const { drafts, problem } = this.#read(this.#splitter.end());
    if (problem !== null) return { drafts, problem };
    const isOther =
      this.#pending === null &&
      drafts.length === 0 &&
      !LIST_NAMES.some((name) => this.#splitter.hasMet(name));
    return {
      drafts: [...drafts, ...this.#flush()],
      problem: isOther ? fileProblem(1, 'no_promotions', 'no list of promotions') : null,
    };
  }

  breakOff(): Draft[] {
    return this.#pending === null ? [] : [brokenOff(this.#pending.line, this.#pending.key)];
  }

  #read({ entries, problem }: XmlSlices): Read {
    return { drafts: entries.flatMap((entry) => this.#take(entry)), problem };
  }

  #take({ line, element, header }: XmlEntry): Draft[] {
    if (element === null) {
      const refused = problem('', 'entry_too_big', 'the entry is larger than a promotion may be');
      return [...this.#flush(), { line, key: '', store_codes: null, document: err([refused]), notes: [] }];
    }
    const promotion = publishedOf(line, element);
    if (header !== null && !promotion.fields.has('storeid')) promotion.fields.set('storeid', header);
    if (this.#pending !== null && joinRow(this.#pending, promotion)) return [];
    const drafts = this.#flush();
    this.#pending = promotion;
    return drafts;
  }

  #flush(): Draft[] {
    const promotion = this.#pending;
    if (promotion === null) return [];
    this.#pending = null;
    const notes: ImportNote[] = [];
    const unknown = [...promotion.unknown].filter((name) => !this.#known.has(name));
    for (const name of unknown) this.#known.add(name);
    if (unknown.length > 0) notes.push(note('unknown_field', `not read: ${unknown.join(', ')}`));
    const store = promotion.fields.get('storeid') ?? null;
    return [
      {
        line: promotion.line,
        key: promotion.key,
        store_codes: store === null ? null : [store],
        document: mapPublished(promotion, this.#options, notes),
        notes,
      },
    ];
  }
}
