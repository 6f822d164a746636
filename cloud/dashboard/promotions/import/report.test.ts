import { describe, expect, it } from 'vitest';
import { formatOf } from './formats.ts';
import { linesOf } from './report.ts';
import { skipReport } from './skip_report.ts';

const PROGRESS = { type: 'progress', id: 'i', read_bytes: 10, entries: 2, refused: 1 };
const REPORT = {
  type: 'report',
  id: 'i',
  format: 'csv',
  mode: 'merge',
  state: 'finished',
  entries: 2,
  created: 1,
  updated: 0,
  unchanged: 0,
  refused: 1,
  ended: 0,
  file_problem: null,
  notes: [{ code: 'n', message: 'größer' }],
};

function bodyOf(text: string, cut: number): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  return new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += cut) controller.enqueue(bytes.slice(at, at + cut));
      controller.close();
    },
  });
}

describe('what an import says while it works', () => {
  const text = `${JSON.stringify(PROGRESS)}\n${JSON.stringify(REPORT)}\n`;

  it.each([1, 2, 7, 1000])('is read line by line, however it is cut (%i bytes)', async (cut) => {
    const lines = [];
    for await (const line of linesOf(bodyOf(text, cut))) lines.push(line);
    expect(lines).toEqual([PROGRESS, REPORT]);
  });

  it('a last line that was cut off is not given', async () => {
    const lines = [];
    for await (const line of linesOf(bodyOf(text.slice(0, -20), 50))) lines.push(line.type);
    expect(lines).toEqual(['progress']);
  });
});

describe('the skip report', () => {
  it('has a row for each reason, quoted for a spreadsheet', () => {
    const problems = [
      { path: 'discount_value', code: 'x', message: 'too "big", really' },
      { path: '', code: 'y', message: '=cmd()' },
    ];
    expect(
      skipReport([{ position: 1, line: 7, key: '-5', problems, notes: [{ code: 'n', message: 'cut' }] }]),
    ).toBe(
      'line,key,result,field,reason\r\n' +
        `7,'-5,skipped,discount_value,"too ""big"", really"\r\n` +
        "7,'-5,skipped,,'=cmd()\r\n" +
        "7,'-5,taken with a note,,cut\r\n",
    );
  });
});

it('the name of a file says its format', () => {
  expect(['a.CSV', 'b.json', 'PromoFull729.xml', 'c.xml.gz', 'd.txt'].map(formatOf)).toEqual([
    'csv',
    'json',
    'promofull',
    'promofull',
    null,
  ]);
});
