import { SaxesParser } from 'saxes';
import { ENTRY_CHARACTERS_MAX, fileProblem, type ImportProblem } from './entry.ts';

const DEPTH_MAX = 24;
/** Of one tag, text or comment, in characters. */
const TOKEN_CHARACTERS_MAX = 1024 * 1024;
/** What an element counts for beside its name and text. */
const ELEMENT_CHARACTERS = 32;
const LEAF_CHARACTERS_MAX = 256;
const OUTSIDE_NAMES_MAX = 64;
const MISMATCH = 'unexpected close tag.';

export interface XmlElement {
  /** In lower case, without a prefix. */
  name: string;
  text: string;
  children: XmlElement[];
}

export interface XmlEntry {
  line: number;
  /** Null where it was too large to keep. */
  element: XmlElement | null;
  /** The text of the last header element before it, null if none came. */
  header: string | null;
}

export interface XmlSlices {
  entries: XmlEntry[];
  problem: ImportProblem | null;
}

/**
 * Cuts an XML document into elements of the given names and forgets each once it is given out. Of what stands
 * outside of them it keeps one header's text. A document type is refused whole, so no entity is ever declared.
 */
export class XmlSplitter {
  readonly #parser = new SaxesParser();
  readonly #names: ReadonlySet<string>;
  readonly #headerName: string;
  #header: string | null = null;
  #outside = new Set<string>();
  #entries: XmlEntry[] = [];
  /** Closed, but perhaps by a tag that does not match it: the parser says so right after. */
  #closed: XmlEntry | null = null;
  #problem: ImportProblem | null = null;
  #stack: XmlElement[] = [];
  /** Depth at which the open entry stands in the stack; -1 outside of one. */
  #entryAt = -1;
  #entryLine = 0;
  #entryHeader: string | null = null;
  #tagLine = 0;
  #kept = 0;
  #sinceToken = 0;

  constructor(names: ReadonlySet<string>, headerName: string) {
    this.#names = names;
    this.#headerName = headerName;
    const parser = this.#parser;
    parser.on('opentagstart', () => {
      this.#tagLine = parser.line;
    });
    parser.on('opentag', (tag) => this.#open(tag.name));
    parser.on('text', (text) => this.#text(text));
    parser.on('cdata', (text) => this.#text(text));
    parser.on('closetag', () => this.#close());
    parser.on('comment', () => {
      this.#sinceToken = 0;
    });
    parser.on('doctype', () => this.#fail('doctype', 'a document type is not read'));
    parser.on('error', (error) => {
      if (this.#problem === null && error.message.endsWith(MISMATCH)) this.#closed = null;
      this.#fail('bad_xml', error.message);
    });
  }

  push(text: string): XmlSlices {
    if (this.#problem === null) {
      this.#sinceToken += text.length;
      this.#parser.write(text);
      if (this.#sinceToken > TOKEN_CHARACTERS_MAX)
        this.#fail('token_too_big', 'a tag, text or comment has no end');
    }
    return this.#give();
  }

  end(): XmlSlices {
    if (this.#problem === null) this.#parser.close();
    return this.#give();
  }

  /** Whether an element of the name was met outside of the entries. */
  hasMet(name: string): boolean {
    return this.#outside.has(name);
  }

  #keepClosed(): void {
    if (this.#closed !== null) this.#entries.push(this.#closed);
    this.#closed = null;
  }

  #give(): XmlSlices {
    this.#keepClosed();
    const entries = this.#entries;
    this.#entries = [];
    return { entries, problem: this.#problem };
  }

  #fail(code: string, message: string): void {
    this.#problem ??= fileProblem(this.#parser.line, code, message.replace(/^\d+:\d+: /, ''));
  }

  #open(tagName: string): void {
    this.#sinceToken = 0;
    if (this.#problem !== null) return;
    this.#keepClosed();
    const element: XmlElement = {
      name: tagName.slice(tagName.indexOf(':') + 1).toLowerCase(),
      text: '',
      children: [],
    };
    if (this.#stack.length === DEPTH_MAX) {
      this.#fail('too_deep', `more than ${DEPTH_MAX} elements deep`);
      return;
    }
    if (this.#entryAt < 0 && this.#names.has(element.name)) {
      this.#entryAt = this.#stack.length;
      this.#entryLine = this.#tagLine;
      this.#entryHeader = this.#header;
      this.#kept = 0;
    }
    if (this.#entryAt < 0 && this.#outside.size < OUTSIDE_NAMES_MAX) this.#outside.add(element.name);
    this.#stack.push(element);
  }

  #text(text: string): void {
    this.#sinceToken = 0;
    const element = this.#stack.at(-1);
    if (element === undefined) return;
    // Between entries only a header's short texts are of use.
    if (this.#entryAt < 0) element.text = (element.text + text).slice(0, LEAF_CHARACTERS_MAX);
    else {
      this.#kept += text.length;
      if (this.#kept <= ENTRY_CHARACTERS_MAX) element.text += text;
    }
  }

  #close(): void {
    this.#sinceToken = 0;
    const element = this.#stack.pop();
    if (this.#problem !== null || element === undefined) return;
    this.#keepClosed();
    element.text = element.text.trim();
    this.#kept += element.name.length + ELEMENT_CHARACTERS;
    if (this.#stack.length === this.#entryAt) {
      const isWhole = this.#kept <= ENTRY_CHARACTERS_MAX;
      this.#closed = { line: this.#entryLine, element: isWhole ? element : null, header: this.#entryHeader };
      this.#entryAt = -1;
    } else if (this.#entryAt >= 0) {
      if (this.#kept <= ENTRY_CHARACTERS_MAX) this.#stack.at(-1)?.children.push(element);
    } else {
      if (element.name === this.#headerName && element.text !== '') this.#header = element.text;
    }
  }
}
