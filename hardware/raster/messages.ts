import type { Picture } from '../../shared/receipt/pictures.ts';
import type { BarcodeSymbology } from '../../shared/receipt/slip.ts';

/** What the worker thread is told when it starts. */
export interface RasterSettings {
  /** Where unpacked fonts are kept. */
  readonly cacheDir: string;
  /** Font files of the shop's own, looked at before ours. */
  readonly fonts: readonly string[];
  /** PNG files by the names that markup calls them. */
  readonly logos: Readonly<Record<string, string>>;
}

export type RasterTask =
  | { readonly kind: 'dots'; readonly svg: string }
  | { readonly kind: 'png'; readonly svg: string; readonly zoom: number }
  | { readonly kind: 'logo'; readonly name: string; readonly widthDotsMax: number }
  | {
      readonly kind: 'symbol';
      readonly symbology: BarcodeSymbology;
      readonly data: string;
      readonly moduleDots: number;
      readonly heightDots: number;
      readonly widthDotsMax: number;
    };

export interface RasterRequest {
  readonly id: number;
  readonly task: RasterTask;
}

export type RasterAnswer =
  | { readonly id: number; readonly ok: true; readonly picture: Picture }
  | { readonly id: number; readonly ok: true; readonly png: Uint8Array }
  | { readonly id: number; readonly ok: false; readonly error: string };
