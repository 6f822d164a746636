import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RasterSettings } from '../messages.ts';
import { Rasterizer } from '../rasterizer.ts';

/** The renderer is optional: where it has no build for the machine, what needs it is skipped. */
export const RENDERER_IS_HERE = ((): boolean => {
  try {
    createRequire(import.meta.url)('@resvg/resvg-js');
    return true;
  } catch {
    return false;
  }
})();

/** A rasterizer on a folder of its own, and the end of both. */
export function openRaster(some: Partial<RasterSettings> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'sesame-raster-'));
  const raster = new Rasterizer({ cacheDir: folder, fonts: [], logos: {}, ...some });
  const close = async (): Promise<void> => {
    await raster.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { raster, folder, close };
}
