import type { Picture } from '../../shared/receipt/pictures.ts';
import { FONT_FAMILY, fontFiles } from './fonts.ts';
import { dithered, logoSvg } from './logo.ts';
import type { RasterSettings } from './messages.ts';

/** Darker than this prints: a thermal head knows black and nothing else. */
const BLACK_BELOW = 150;

/** The part of the renderer that is used; the package itself is optional. */
export interface Renderer {
  Resvg: new (
    svg: string,
    options: {
      font: { loadSystemFonts: false; fontFiles: string[]; defaultFontFamily: string };
      fitTo?: { mode: 'zoom'; value: number };
    },
  ) => { render(): { width: number; height: number; pixels: Uint8Array; asPng(): Uint8Array } };
}

/** Draws SVG with our fonts alone, so that a machine without any fonts gives the same dots. */
export class Drawing {
  readonly #renderer: Renderer;
  readonly #fontFiles: string[];

  constructor(renderer: Renderer, settings: RasterSettings) {
    this.#renderer = renderer;
    this.#fontFiles = fontFiles(settings.cacheDir, settings.fonts);
  }

  dots(svg: string): Picture {
    const { width, height, pixels } = this.#rendered(svg, 1);
    const widthBytes = Math.ceil(width / 8);
    const bits = new Uint8Array(widthBytes * height);
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const at = 4 * (y * width + x);
        const sum = (pixels[at] ?? 0) + (pixels[at + 1] ?? 0) + (pixels[at + 2] ?? 0);
        if (sum >= 3 * BLACK_BELOW) continue;
        const to = y * widthBytes + (x >> 3);
        bits[to] = (bits[to] ?? 0) | (0x80 >> (x & 7));
      }
    }
    return { widthBytes, heightDots: height, bits };
  }

  logo(png: Buffer, widthDotsMax: number): Picture {
    const { width, height, pixels } = this.#rendered(logoSvg(png, widthDotsMax), 1);
    const grey = Uint8Array.from({ length: width * height }, (_, at) => {
      const [red = 0, green = 0, blue = 0] = pixels.subarray(4 * at, 4 * at + 3);
      return Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
    });
    return dithered(grey, width, height);
  }

  png(svg: string, zoom: number): Uint8Array {
    return this.#rendered(svg, zoom).asPng();
  }

  #rendered(svg: string, zoom: number) {
    const font = {
      loadSystemFonts: false as const,
      fontFiles: this.#fontFiles,
      defaultFontFamily: FONT_FAMILY,
    };
    const fitTo = zoom === 1 ? {} : { fitTo: { mode: 'zoom' as const, value: zoom } };
    return new this.#renderer.Resvg(svg, { font, ...fitTo }).render();
  }
}
