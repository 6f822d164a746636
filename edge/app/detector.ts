import { BarcodeDetector, type BarcodeFormat, prepareZXingModule } from 'barcode-detector/ponyfill';

/** The code reader; its wasm comes from our own origin. A chunk of its own, loaded with the camera. */
export async function detectorOf(formats: BarcodeFormat[]): Promise<BarcodeDetector> {
  prepareZXingModule({ overrides: { locateFile: (path: string) => `/${path}` } });
  return new BarcodeDetector({ formats });
}
