import bwip from 'bwip-js/node';
import { barsPicture, type Picture } from '../../shared/receipt/pictures.ts';
import { matrixBits } from '../../shared/receipt/qr.ts';
import type { RasterTask } from './messages.ts';

const ENCODERS = {
  databar: 'databaromni',
  databar_expanded: 'databarexpanded',
  gs1_datamatrix: 'gs1datamatrix',
} as const;

/** A symbol that our own code does not draw, in dots. Throws where the encoder refuses the data. */
export function drawSymbol(task: Extract<RasterTask, { kind: 'symbol' }>): Picture {
  const { symbology, data, moduleDots, heightDots, widthDotsMax } = task;
  if (!(symbology in ENCODERS)) throw new Error(`no encoder for ${symbology}`);
  const encoder = ENCODERS[symbology as keyof typeof ENCODERS];
  const [symbol] = bwip.raw(encoder, data);
  if (symbol === undefined) throw new Error('the encoder drew nothing');
  if ('pixs' in symbol) {
    const { pixs, pixx, pixy } = symbol;
    const dots = dotsThatFit(pixx, moduleDots, widthDotsMax);
    return matrixBits(pixx, pixy, dots, (x, y) => pixs[y * pixx + x] === 1);
  }
  // Widths of bars and spaces in turn, a bar first.
  const modules = symbol.sbs.map((width, at) => (at % 2 === 0 ? '1' : '0').repeat(width)).join('');
  return barsPicture(modules, dotsThatFit(modules.length, moduleDots, widthDotsMax), heightDots);
}

function dotsThatFit(modules: number, wished: number, widthDotsMax: number): number {
  const dots = Math.min(wished, Math.floor(widthDotsMax / modules));
  if (dots < 1) throw new Error('the symbol is wider than the paper');
  return dots;
}
