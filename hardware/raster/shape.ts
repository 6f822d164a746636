import { readFileSync } from 'node:fs';
import { Face, Font, Blob as FontBlob, shape, Buffer as TextBuffer } from 'harfbuzzjs';
import { STACKED } from '../../shared/receipt/svg.ts';

const FONT_DOTS = 20;
/** How much wider a stroke of bold is, in parts of the font's square. */
const BOLD_SHARE = 0.04;
const TEXT = /<text transform="([^"]*)" y="(\d+)"((?: [\w-]+="[^"]*")*)>([^<]*)<\/text>/g;
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&amp;', '&'],
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&#39;', "'"],
]);

interface Shaping {
  readonly font: Font;
  readonly square: number;
}

/**
 * Draws the words of scripts that stack and join (Thai, Devanagari) as outlines. The renderer sets the letters of
 * one syllable one over the other, so HarfBuzz shapes them, in the font that has them all.
 */
export class Shaper {
  readonly #files: readonly string[];
  #fonts: readonly Shaping[] | null = null;

  /** Font files to look in, in order; they are read when the first such word comes. */
  constructor(files: readonly string[]) {
    this.#files = files;
  }

  /** The drawing with such words as paths; everything else as it was. */
  outlined(svg: string): string {
    if (!STACKED.test(svg)) return svg;
    return svg.replace(TEXT, (whole, transform: string, y: string, look: string, escaped: string) => {
      const text = escaped.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => ENTITIES.get(entity) ?? '');
      const paths = STACKED.test(text) ? this.#paths(text, attributesOf(look)) : null;
      return paths === null
        ? whole
        : `<g transform="${transform}"><g transform="translate(0 ${y})">${paths}</g></g>`;
    });
  }

  #paths(text: string, look: ReadonlyMap<string, string>): string | null {
    for (const { font, square } of this.#opened()) {
      const buffer = new TextBuffer();
      buffer.addText(text);
      buffer.guessSegmentProperties();
      shape(font, buffer);
      const glyphs = buffer.getGlyphInfosAndPositions();
      // A glyph 0 is a box: this font does not have the letter.
      if (glyphs.some(({ codepoint }) => codepoint === 0)) continue;
      let x = 0;
      let path = '';
      for (const { codepoint, xAdvance = 0, xOffset = 0, yOffset = 0 } of glyphs) {
        path += `<path transform="translate(${x + xOffset} ${yOffset})" d="${font.glyphToPath(codepoint)}"/>`;
        x += xAdvance;
      }
      const scale = Number(look.get('font-size') ?? FONT_DOTS) / square;
      const room = Number(look.get('textLength') ?? Number.POSITIVE_INFINITY);
      // Narrower than its cells it stays as it is; wider it is pressed into them.
      const across = Math.min(scale, room / Math.max(1, x));
      const colour = look.get('fill') ?? '#000';
      const bold = look.has('font-weight') ? ` stroke="${colour}" stroke-width="${square * BOLD_SHARE}"` : '';
      return `<g transform="scale(${across} ${-scale})" fill="${colour}"${bold}>${path}</g>`;
    }
    return null;
  }

  #opened(): readonly Shaping[] {
    this.#fonts ??= this.#files.map((file) => {
      const face = new Face(new FontBlob(Uint8Array.from(readFileSync(file)).buffer));
      return { font: new Font(face), square: face.upem };
    });
    return this.#fonts;
  }
}

function attributesOf(look: string): ReadonlyMap<string, string> {
  return new Map(
    Array.from(look.matchAll(/ ([\w-]+)="([^"]*)"/g), ([, key = '', value = '']) => [key, value]),
  );
}
