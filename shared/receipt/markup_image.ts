import { err, ok, type Result } from '../result.ts';
import type { Picture } from './pictures.ts';

export const IMAGE_HEIGHT_DOTS_MAX = 1_200;
/** GS v 0 with its mode, width in bytes and height in dots: what label tools call the hexadecimal form of a picture. */
const HEADER_BYTES = 8;
const RASTER_HEADER = '1d7630';

/** "1d763000 xL xH yL yH …" → the picture, no wider than the paper; the error is a sentence. */
export function imageOfHex(hex: string, widthDotsMax: number): Result<Picture, string> {
  if (!/^(?:[0-9a-f]{2})+$/i.test(hex) || !hex.toLowerCase().startsWith(RASTER_HEADER))
    return err('a picture is a logo of the store or the hexadecimal bytes of GS v 0');
  const bytes = Uint8Array.from({ length: hex.length / 2 }, (_, at) =>
    Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16),
  );
  const [, , , , xl = 0, xh = 0, yl = 0, yh = 0] = bytes;
  const widthBytes = xl | (xh << 8);
  const heightDots = yl | (yh << 8);
  if (widthBytes === 0 || widthBytes * 8 > widthDotsMax)
    return err(`at most ${widthDotsMax} dots are wide enough`);
  if (heightDots === 0 || heightDots > IMAGE_HEIGHT_DOTS_MAX)
    return err(`at most ${IMAGE_HEIGHT_DOTS_MAX} dots high`);
  if (bytes.length !== HEADER_BYTES + widthBytes * heightDots)
    return err('its bytes are not as many as its size says');
  return ok({ widthBytes, heightDots, bits: bytes.subarray(HEADER_BYTES) });
}
