import { ENTRY_CHARACTERS_MAX, fileProblem, type ImportProblem } from './entry.ts';

/** The text of one value and the line it begins on; null where it was too long to keep. */
export interface JsonSlice {
  line: number;
  text: string | null;
}

const WRAPPER = '{"promotions":[';
/** White space of a wrapper's opening that is still waited for. */
const OPENING_MAX = 4_096;

type Mode = 'start' | 'opening' | 'lines' | 'list' | 'closing' | 'end';

/**
 * Cuts JSON text into the values of a list without parsing them: a value a line, one array, or
 * `{"promotions": […]}`. Only brackets and strings are followed, so a value with a slip inside is still cut whole.
 */
export class JsonSplitter {
  #mode: Mode = 'start';
  #line = 1;
  #problem: ImportProblem | null = null;
  #slices: JsonSlice[] = [];
  /** The value being collected, and the line of its first character. */
  #parts: string[] = [];
  #length = 0;
  #from = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;
  #wrapped = false;
  #separated = false;

  push(text: string): { slices: JsonSlice[]; problem: ImportProblem | null } {
    let at = 0;
    while (at < text.length && this.#problem === null) at = this.#take(text, at);
    return this.#give();
  }

  end(): { slices: JsonSlice[]; problem: ImportProblem | null } {
    if (this.#mode === 'opening') this.#leaveOpening();
    if (this.#problem === null) {
      if (this.#mode === 'lines') this.#cut();
      else if (this.#mode === 'start') this.#fail('empty_file', 'the file holds nothing');
      else if (this.#mode !== 'end') this.#fail('unexpected_end', 'the list is not closed');
    }
    return this.#give();
  }

  #give(): { slices: JsonSlice[]; problem: ImportProblem | null } {
    const slices = this.#slices;
    this.#slices = [];
    return { slices, problem: this.#problem };
  }

  #fail(code: string, message: string): void {
    this.#problem = fileProblem(this.#from > 0 ? this.#from : this.#line, code, message);
  }

  /** Takes at least one character from `at` and gives where it stopped. */
  #take(text: string, at: number): number {
    if (this.#mode === 'lines') return this.#takeLine(text, at);
    if (this.#mode === 'list') return this.#takeList(text, at);
    const character = text[at] ?? '';
    if (this.#mode === 'opening') this.#takeOpening(character);
    else if (!isSpace(character)) this.#takeOutside(character);
    if (character === '\n') this.#line += 1;
    return at + 1;
  }

  #takeOutside(character: string): void {
    if (this.#mode === 'start' && character === '[') this.#mode = 'list';
    else if (this.#mode === 'start' && character === '{') {
      this.#mode = 'opening';
      this.#collect('{', this.#line);
    } else if (this.#mode === 'closing' && character === '}') this.#mode = 'end';
    else if (this.#mode === 'start') this.#fail('not_json', 'expected { or [');
    else this.#fail('text_after_list', 'nothing may follow the list');
  }

  /** A file that opens with a brace is a wrapped list, or else a value a line. */
  #takeOpening(character: string): void {
    this.#collect(character, this.#line);
    const opening = this.#parts.join('').replace(/\s+/g, '');
    if (opening === WRAPPER) {
      this.#clear();
      this.#wrapped = true;
      this.#mode = 'list';
    } else if (!WRAPPER.startsWith(opening) || this.#length > OPENING_MAX) this.#leaveOpening();
  }

  #leaveOpening(): void {
    // The first value goes over several lines, so a line is not a value.
    if (this.#parts.join('').trimEnd().includes('\n'))
      this.#fail('not_a_list', 'expected a promotion a line, an array, or {"promotions": [ first');
    else this.#mode = 'lines';
  }

  #takeLine(text: string, at: number): number {
    const end = text.indexOf('\n', at);
    this.#collect(text.slice(at, end < 0 ? text.length : end), this.#line);
    if (end < 0) return text.length;
    this.#cut();
    this.#line += 1;
    return end + 1;
  }

  #takeList(text: string, from: number): number {
    let at = from;
    for (; at < text.length; at++) {
      const character = text[at] ?? '';
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (character === '\\') this.#escaped = true;
        // A string may not hold a line break, so one that does was not closed.
        else if (character === '"' || character === '\n') this.#inString = false;
      } else if (character === '"') this.#inString = true;
      else if (character === '[' || character === '{') this.#depth += 1;
      else if (this.#depth === 0 && (character === ',' || character === ']')) break;
      else if (character === ']' || character === '}') this.#depth = Math.max(0, this.#depth - 1);
      if (character === '\n') {
        this.#line += 1;
        if (this.#length === 0 && text.slice(from, at).trim() === '') return at + 1;
      }
    }
    const piece = text.slice(from, at);
    const start = this.#length > 0 ? piece : piece.trimStart();
    if (start !== '') this.#collect(start, this.#line - lineBreaks(start));
    if (at === text.length) return at;
    this.#cutItem(text[at] === ']');
    return at + 1;
  }

  #cutItem(isLast: boolean): void {
    const isEmpty = this.#length === 0;
    if (!(isEmpty && isLast && !this.#separated)) this.#cut(true);
    this.#separated = !isLast;
    if (isLast) this.#mode = this.#wrapped ? 'closing' : 'end';
  }

  #collect(piece: string, line: number): void {
    if (this.#length === 0) this.#from = line;
    this.#length += piece.length;
    if (this.#length <= ENTRY_CHARACTERS_MAX) this.#parts.push(piece);
    else this.#parts = [];
  }

  #cut(evenEmpty = false): void {
    const text = this.#length <= ENTRY_CHARACTERS_MAX ? this.#parts.join('').trim() : null;
    if (text !== '' || evenEmpty) this.#slices.push({ line: this.#from || this.#line, text });
    this.#clear();
  }

  #clear(): void {
    this.#parts = [];
    this.#length = 0;
    this.#from = 0;
    this.#depth = 0;
    this.#inString = false;
    this.#escaped = false;
  }
}

const isSpace = (character: string): boolean => /\s/.test(character);
const lineBreaks = (text: string): number => text.split('\n').length - 1;
