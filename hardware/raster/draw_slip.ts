import {
  linesSvg,
  type Picture,
  pictureNeeds,
  slicePictures,
  withPictures,
} from '../../shared/receipt/pictures.ts';
import type { PrinterProfile } from '../../shared/receipt/profile.ts';
import { paperDots, type Slip } from '../../shared/receipt/slip.ts';
import { FONT_FAMILY } from './fonts.ts';
import type { Rasterizer } from './rasterizer.ts';

/** A slip that the printer can show, and what of it could not be drawn: sentences for staff. */
export interface DrawnSlip {
  readonly slip: Slip;
  readonly notes: readonly string[];
}

/**
 * Draws what the printer of the profile cannot show by itself: lines beyond its code pages, symbols beyond its
 * firmware, logos. Whatever cannot be drawn stays as it is and prints as "?" or as its data, with a note.
 */
export async function drawSlip(
  slip: Slip,
  profile: PrinterProfile,
  raster: Pick<Rasterizer, 'dots' | 'symbol' | 'logo'>,
): Promise<DrawnSlip> {
  const drawn = new Map<number, Picture>();
  const notes: string[] = [];
  const { lines, symbols, logos } = pictureNeeds(slip, profile);
  if (lines.length > 0) {
    const { svg, heights } = linesSvg(
      lines.map(({ row }) => row),
      slip,
      FONT_FAMILY,
    );
    const whole = await raster.dots(svg);
    if (whole.ok) {
      for (const [at, one] of slicePictures(whole.value, heights).entries())
        drawn.set(lines[at]?.at ?? 0, one);
    } else notes.push(`Characters beyond the printer's code pages print as "?": ${whole.error}.`);
  }
  const widthDots = paperDots(slip.columns);
  for (const { at, row } of symbols) {
    const picture = await raster.symbol(row, widthDots);
    if (picture.ok) drawn.set(at, picture.value);
    else notes.push(`A ${row.symbology} symbol prints as its data: ${picture.error}.`);
  }
  for (const { at, row } of logos) {
    const picture = await raster.logo(row.name, widthDots);
    if (picture.ok) drawn.set(at, picture.value);
    else notes.push(`The logo ${row.name} does not print: ${picture.error}.`);
  }
  return { slip: withPictures(slip, profile, drawn), notes };
}
