import { IMAGE_HEIGHT_DOTS_MAX } from '../../shared/receipt/markup_image.ts';
import type { Picture } from '../../shared/receipt/pictures.ts';

export const LOGO_BYTES_MAX = 256 * 1024;
const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const WIDTH_AT = 16;
const HEIGHT_AT = 20;
const MIDDLE = 128;
const WHITE = 255;

/** A PNG file as a drawing of its own size, made smaller where it is wider than the paper. Throws a sentence. */
export function logoSvg(png: Buffer, widthDotsMax: number): string {
  if (png.length > LOGO_BYTES_MAX) throw new Error(`a logo has at most ${LOGO_BYTES_MAX} bytes`);
  if (!PNG_SIGNATURE.every((byte, at) => png[at] === byte)) throw new Error('a logo is a PNG file');
  const scale = Math.min(1, widthDotsMax / png.readUInt32BE(WIDTH_AT));
  const width = Math.max(1, Math.round(png.readUInt32BE(WIDTH_AT) * scale));
  const height = Math.max(1, Math.round(png.readUInt32BE(HEIGHT_AT) * scale));
  if (height > IMAGE_HEIGHT_DOTS_MAX) throw new Error(`a logo is at most ${IMAGE_HEIGHT_DOTS_MAX} dots high`);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${height}">` +
    `<rect width="${width}" height="${height}" fill="#fff"/>` +
    `<image width="${width}" height="${height}" xlink:href="data:image/png;base64,${png.toString('base64')}"/></svg>`
  );
}

/**
 * Grey as black dots and white ones between them: what a dot is wrong by goes to its neighbours that are still to
 * come (Floyd and Steinberg). `grey` holds one byte a dot, 0 black.
 */
export function dithered(grey: Uint8Array, width: number, height: number): Picture {
  const widthBytes = Math.ceil(width / 8);
  const bits = new Uint8Array(widthBytes * height);
  const left = Float32Array.from(grey);
  const spread = (x: number, y: number, error: number): void => {
    if (x >= 0 && x < width && y < height) left[y * width + x] = (left[y * width + x] ?? 0) + error;
  };
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const value = left[y * width + x] ?? WHITE;
      const black = value < MIDDLE;
      if (black) bits[y * widthBytes + (x >> 3)] = (bits[y * widthBytes + (x >> 3)] ?? 0) | (0x80 >> (x & 7));
      const error = value - (black ? 0 : WHITE);
      spread(x + 1, y, (error * 7) / 16);
      spread(x - 1, y + 1, (error * 3) / 16);
      spread(x, y + 1, (error * 5) / 16);
      spread(x + 1, y + 1, error / 16);
    }
  }
  return { widthBytes, heightDots: height, bits };
}
