const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Bytes → lines, wherever the stream was cut. A line ends at a line feed; a carriage return before it is not
 * part of the line. A line beyond the limit is heard to its end and dropped whole: its tail is no line.
 */
export class LineSplitter {
  readonly #bytesMax: number;
  readonly #pieces: Uint8Array[] = [];
  #held = 0;
  #dropping = false;
  /** Lines that were dropped for their length. */
  overlong = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** The lines that this chunk completes, empty ones included. */
  push(chunk: Uint8Array): string[] {
    const lines: string[] = [];
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
      this.#hold(chunk.subarray(from, end));
      const line = this.#take();
      if (line !== null) lines.push(line);
      from = end + 1;
    }
    this.#hold(chunk.subarray(from));
    return lines;
  }

  #hold(piece: Uint8Array): void {
    if (this.#dropping || piece.length === 0) return;
    this.#held += piece.length;
    // One more for the carriage return, which is not of the line.
    if (this.#held > this.#bytesMax + 1) {
      this.#dropping = true;
      this.#pieces.length = 0;
      return;
    }
    this.#pieces.push(piece);
  }

  #take(): string | null {
    const dropped = this.#dropping;
    const bytes = Buffer.concat(this.#pieces);
    this.#pieces.length = 0;
    this.#held = 0;
    this.#dropping = false;
    const line = bytes.at(-1) === CARRIAGE_RETURN ? bytes.subarray(0, -1) : bytes;
    if (dropped || line.length > this.#bytesMax) {
      this.overlong += 1;
      return null;
    }
    return line.toString('utf8');
  }
}
