import { type CodePage, decodeByte } from '../../shared/receipt/code_pages.ts';
import { starPage } from '../../shared/receipt/star_line.ts';
import { utf8Text } from '../../shared/receipt/utf8.ts';

const ESC = 0x1b;
const GS = 0x1d;
const LF = 0x0a;
/** Arguments behind ESC and a letter, and behind ESC GS and a letter. */
const ESC_ARGUMENTS: ReadonlyMap<string, number> = new Map([
  ['@', 0],
  ['E', 0],
  ['F', 0],
  ['4', 0],
  ['5', 0],
  ['-', 1],
  ['i', 2],
  ['a', 1],
  ['d', 1],
]);

/** What a Star printer in Line Mode lays on paper, as lines of text; and what of the job it did not know. */
export function readStarLine(job: Uint8Array): { lines: string[]; cuts: number; unknown: string[] } {
  const lines: string[] = [];
  const unknown: string[] = [];
  let line = '';
  let cuts = 0;
  let page: CodePage = 'cp437';
  let symbol = '';
  let at = 0;
  const next = (): number => job[at++] ?? 0;
  const end = (): void => {
    lines.push(line.trimEnd());
    line = '';
  };
  const escaped = (): void => {
    const letter = next();
    if (letter === GS) {
      group();
      return;
    }
    const name = String.fromCharCode(letter);
    const count = ESC_ARGUMENTS.get(name);
    if (count === undefined) unknown.push(`ESC ${name}`);
    const [first = 0] = Array.from({ length: count ?? 0 }, next);
    if (name === 'a') for (let n = 0; n < first; n += 1) end();
    if (name === 'd') cuts += 1;
  };
  const group = (): void => {
    const letter = String.fromCharCode(next());
    if (letter === 't') {
      const n = next();
      const known = starPage(n);
      if (known === null) unknown.push(`code page ${n}`);
      page = known ?? page;
    } else if (letter === 'a') next();
    else if (letter === 'y') qr();
    else unknown.push(`ESC GS ${letter}`);
  };
  const qr = (): void => {
    const fn = String.fromCharCode(next());
    if (fn === 'S') at += 2;
    else if (fn === 'D') {
      at += 2;
      const length = next() | (next() << 8);
      symbol = utf8Text(job.subarray(at, at + length));
      at += length;
    } else if (fn === 'P') line += `[QR ${symbol}]`;
    else unknown.push(`ESC GS y ${fn}`);
  };
  while (at < job.length) {
    const byte = next();
    if (byte === ESC) escaped();
    else if (byte === LF) end();
    else if (byte >= 0x20) line += decodeByte(byte, page);
    else unknown.push(byte.toString(16));
  }
  if (line !== '') end();
  return { lines, cuts, unknown };
}
