import type { Picture } from '../../shared/receipt/pictures.ts';
import { FONT_FAMILY, fontFiles, shapingFonts } from './fonts.ts';
import { dithered, logoSvg } from './logo.ts';
import type { RasterSettings } from './messages.ts';
import { pngOf } from './png.ts';
import { Shaper } from './shape.ts';

/** Darker than this prints: a thermal head knows black and nothing else. */
const BLACK_BELOW = 150;
const WHITE = 255;

interface Rendered {
  width: number;
  height: number;
  /** Red, green, blue, opacity. */
  pixels: Uint8Array;
}

/** The part of the renderer that is used; the package itself is optional. */
export interface Renderer {
  Resvg: new (
    svg: string,
    options: {
      font: { loadSystemFonts: false; fontFiles: string[]; defaultFontFamily: string };
      fitTo?: { mode: 'zoom'; value: number };
    },
  ) => { render(): Rendered };
}

/** Draws SVG with our fonts alone, so that a machine without any fonts gives the same dots. */
export class Drawing {
  readonly #renderer: Renderer;
  readonly #fontFiles: string[];
  readonly #shaper: Shaper;

  constructor(renderer: Renderer, settings: RasterSettings) {
    this.#renderer = renderer;
    this.#fontFiles = fontFiles(settings.cacheDir, settings.fonts);
    this.#shaper = new Shaper(shapingFonts(settings.cacheDir, settings.fonts));
  }

  dots(svg: string): Picture {
    return dotsOf(this.#rendered(svg, 1));
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
    const rendered = this.#rendered(svg, zoom);
    return pngOf(dotsOf(rendered), rendered.width);
  }

  #rendered(svg: string, zoom: number) {
    const font = {
      loadSystemFonts: false as const,
      fontFiles: this.#fontFiles,
      defaultFontFamily: FONT_FAMILY,
    };
    const fitTo = zoom === 1 ? {} : { fitTo: { mode: 'zoom' as const, value: zoom } };
    return new this.#renderer.Resvg(this.#shaper.outlined(svg), { font, ...fitTo }).render();
  }
}

/** Our drawings are grey on white, so one of the three colours says it all. */
function dotsOf({ width, height, pixels }: Rendered): Picture {
  const widthBytes = Math.ceil(width / 8);
  const bits = new Uint8Array(widthBytes * height);
  for (let y = 0; y < height; y += 1) {
    let at = 4 * y * width;
    for (let x = 0; x < width; x += 8) {
      let byte = 0;
      const end = Math.min(8, width - x);
      for (let dot = 0; dot < end; dot += 1, at += 4)
        if ((pixels[at] ?? WHITE) < BLACK_BELOW) byte |= 0x80 >> dot;
      bits[y * widthBytes + (x >> 3)] = byte;
    }
  }
  return { widthBytes, heightDots: height, bits };
}
