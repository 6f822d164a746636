import { ENTRY_CHARACTERS_MAX, fileProblem, type ImportProblem } from './entry.ts';

export interface CsvRecord {
  line: number;
  cells: string[];
  /** Text stood behind a closing quote or a quote in an unquoted cell. */
  isBroken: boolean;
}

type State = 'start' | 'plain' | 'quoted' | 'closed';

/** Cuts CSV text into records (RFC 4180). The first line says whether `,`, `;` or a tab separates the cells. */
export class CsvSplitter {
  #separator: string | null = null;
  #head = '';
  #line = 1;
  #state: State = 'start';
  #afterReturn = false;
  #records: CsvRecord[] = [];
  #problem: ImportProblem | null = null;
  #cells: string[] = [];
  #cell = '';
  #size = 0;
  #from = 1;
  #isBroken = false;

  push(text: string): { records: CsvRecord[]; problem: ImportProblem | null } {
    if (this.#separator !== null) return this.#split(text);
    this.#head += text;
    if (!this.#head.includes('\n') && this.#head.length <= ENTRY_CHARACTERS_MAX) return this.#give();
    return this.#begin();
  }

  end(): { records: CsvRecord[]; problem: ImportProblem | null } {
    const begun = this.#separator === null ? this.#begin() : this.#give();
    if (this.#afterReturn) this.#plain('\r');
    if (this.#problem === null && this.#state === 'quoted')
      this.#problem = fileProblem(this.#from, 'unclosed_quote', 'a quoted cell is not closed');
    else if (this.#problem === null && (this.#cells.length > 0 || this.#state !== 'start')) this.#endRecord();
    const ended = this.#give();
    return { records: [...begun.records, ...ended.records], problem: ended.problem };
  }

  #give(): { records: CsvRecord[]; problem: ImportProblem | null } {
    const records = this.#records;
    this.#records = [];
    return { records, problem: this.#problem };
  }

  #begin(): { records: CsvRecord[]; problem: ImportProblem | null } {
    const first = (this.#head.split('\n', 1)[0] ?? '').replace(/"[^"]*"/g, '');
    const counts = [',', ';', '\t'].map((separator) => first.split(separator).length);
    this.#separator = [',', ';', '\t'][counts.indexOf(Math.max(...counts))] ?? ',';
    const head = this.#head;
    this.#head = '';
    return this.#split(head);
  }

  #split(text: string): { records: CsvRecord[]; problem: ImportProblem | null } {
    for (let at = 0; at < text.length && this.#problem === null; at++) this.#take(text[at] ?? '');
    return this.#give();
  }

  #take(character: string): void {
    this.#size += 1;
    if (this.#size > ENTRY_CHARACTERS_MAX) {
      this.#problem = fileProblem(this.#from, 'entry_too_big', 'a record has no end; is a quote missing?');
      return;
    }
    if (this.#state === 'quoted') {
      if (character === '"') this.#state = 'closed';
      else this.#cell += character;
      if (character === '\n') this.#line += 1;
      return;
    }
    if (this.#afterReturn && character !== '\n') this.#plain('\r');
    this.#afterReturn = character === '\r';
    if (this.#afterReturn) return;
    if (character === '\n') {
      this.#endRecord();
      this.#line += 1;
      this.#from = this.#line;
    } else if (character === this.#separator) this.#endCell();
    else if (character === '"') this.#quote();
    else this.#plain(character);
  }

  #quote(): void {
    if (this.#state === 'closed') this.#cell += '"';
    if (this.#state === 'plain') this.#plain('"');
    else this.#state = 'quoted';
  }

  #plain(character: string): void {
    this.#afterReturn = false;
    if (this.#state === 'closed' || character === '"') this.#isBroken = true;
    else this.#state = 'plain';
    this.#cell += character;
  }

  #endCell(): void {
    this.#cells.push(this.#cell);
    this.#cell = '';
    this.#state = 'start';
  }

  #endRecord(): void {
    this.#endCell();
    if (this.#cells.some((cell) => cell.trim() !== ''))
      this.#records.push({ line: this.#from, cells: this.#cells, isBroken: this.#isBroken });
    this.#cells = [];
    this.#size = 0;
    this.#isBroken = false;
    this.#afterReturn = false;
  }
}
