import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';

const wasm = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
let ready: Promise<unknown> | undefined;

/** The symbols in a PNG as an independent decoder reads them: format and what is in it, GS1 data with its brackets. */
export async function decodeSymbols(png: Uint8Array): Promise<{ format: string; text: string }[]> {
  const { buffer, byteOffset, byteLength } = readFileSync(wasm);
  ready ??= prepareZXingModule({
    overrides: { wasmBinary: buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer },
    fireImmediately: true,
  });
  await ready;
  const found = await readBarcodes(Uint8Array.from(png), { tryHarder: true, textMode: 'HRI' });
  return found.map(({ format, text }) => ({ format: String(format), text }));
}
