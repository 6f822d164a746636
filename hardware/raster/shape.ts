import { readFileSync } from 'node:fs';
import { Face, Font, Blob as FontBlob, shape, Buffer as TextBuffer } from 'harfbuzzjs';
import { RIGHT_TO_LEFT } from '../../shared/receipt/columns.ts';

const FONT_DOTS = 20;
/** How much wider a stroke of bold is where the font has no bold face, in parts of its square. */
const BOLD_SHARE = 0.04;
const UNDERLINE_BELOW_DOTS = 3;
const GLYPHS_KEPT_MAX = 4_000;
const TEXT = /<text transform="([^"]*)" y="(\d+)"((?: [\w-]+="[^"]*")*)>([^<]*)<\/text>/g;
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&amp;', '&'],
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&#39;', "'"],
]);

/** Where letters come from. `bold`: the face that is for bold text; null: one face for both. */
export interface ShapingFont {
  readonly file: string;
  readonly bold: boolean | null;
  /** The words that it is for; all where it is left out. */
  readonly only?: RegExp;
}

interface Shaping extends Omit<ShapingFont, 'file'> {
  readonly font: Font;
  readonly square: number;
  readonly outlines: Map<number, string>;
}

/**
 * Turns the words of a drawing that run from left to right into outlines. The renderer sets the letters of one
 * syllable of Thai or Devanagari one over the other, and opens its font anew for every letter; HarfBuzz does
 * neither. Words that no font here has whole, and those that run to the left, stay for the renderer.
 */
export class Shaper {
  readonly #sources: readonly ShapingFont[];
  #fonts: readonly Shaping[] | null = null;

  /** Fonts to look in, in order; they are read when the first drawing comes. */
  constructor(sources: readonly ShapingFont[]) {
    this.#sources = sources;
  }

  outlined(svg: string): string {
    return svg.replace(TEXT, (whole, transform: string, y: string, look: string, escaped: string) => {
      const text = escaped.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => ENTITIES.get(entity) ?? '');
      const paths = RIGHT_TO_LEFT.test(text) ? null : this.#paths(text, attributesOf(look));
      return paths === null ? whole : `<g transform="${transform} translate(0 ${y})">${paths}</g>`;
    });
  }

  #paths(text: string, look: ReadonlyMap<string, string>): string | null {
    const bold = look.has('font-weight');
    for (const shaping of this.#opened()) {
      if (shaping.bold !== null && shaping.bold !== bold) continue;
      if (shaping.only?.test(text) === false) continue;
      const { font, square } = shaping;
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
        const outline = outlineOf(shaping, codepoint);
        if (outline !== '') path += `<path transform="translate(${x + xOffset} ${yOffset})" d="${outline}"/>`;
        x += xAdvance;
      }
      const scale = Number(look.get('font-size') ?? FONT_DOTS) / square;
      const room = Number(look.get('textLength') ?? Number.POSITIVE_INFINITY);
      // Narrower than its cells it stays as it is; wider it is pressed into them.
      const across = Math.min(scale, room / Math.max(1, x));
      const colour = look.get('fill') ?? '#000';
      const thick =
        bold && shaping.bold === null ? ` stroke="${colour}" stroke-width="${square * BOLD_SHARE}"` : '';
      const underline = look.has('text-decoration')
        ? `<rect y="${UNDERLINE_BELOW_DOTS}" width="${x * across}" height="1" fill="${colour}"/>`
        : '';
      return `<g transform="scale(${across} ${-scale})" fill="${colour}"${thick}>${path}</g>${underline}`;
    }
    return null;
  }

  #opened(): readonly Shaping[] {
    this.#fonts ??= this.#sources.map(({ file, ...use }) => {
      const face = new Face(new FontBlob(Uint8Array.from(readFileSync(file)).buffer));
      return { font: new Font(face), square: face.upem, ...use, outlines: new Map() };
    });
    return this.#fonts;
  }
}

function outlineOf({ font, outlines }: Shaping, glyph: number): string {
  const known = outlines.get(glyph);
  if (known !== undefined) return known;
  if (outlines.size >= GLYPHS_KEPT_MAX) outlines.clear();
  const outline = font.glyphToPath(glyph);
  outlines.set(glyph, outline);
  return outline;
}

function attributesOf(look: string): ReadonlyMap<string, string> {
  return new Map(
    Array.from(look.matchAll(/ ([\w-]+)="([^"]*)"/g), ([, key = '', value = '']) => [key, value]),
  );
}
