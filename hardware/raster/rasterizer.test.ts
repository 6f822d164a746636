import { afterAll, expect, test } from 'vitest';
import { unwrap } from '../../shared/result.ts';
import { openRaster, RENDERER_IS_HERE } from './testing/raster.ts';

const { raster, close } = openRaster();
afterAll(close);
const square = (fill: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="2"><rect width="16" height="2" fill="#fff"/><rect width="8" height="2" fill="${fill}"/></svg>`;

test.skipIf(!RENDERER_IS_HERE)('draws to dots, dark ones only, most significant bit left', async () => {
  expect(unwrap(await raster.dots(square('#000')))).toEqual({
    widthBytes: 2,
    heightDots: 2,
    bits: Uint8Array.of(0xff, 0, 0xff, 0),
  });
  expect(unwrap(await raster.dots(square('#ddd'))).bits).toEqual(new Uint8Array(4));
});

test.skipIf(!RENDERER_IS_HERE)(
  'answers each task with its own drawing, however many there are at once',
  async () => {
    const drawn = await Promise.all(
      Array.from({ length: 20 }, (_, n) => raster.dots(square(n % 2 === 0 ? '#000' : '#fff'))),
    );
    expect(drawn.map((one) => unwrap(one).bits[0])).toEqual(drawn.map((_, n) => (n % 2 === 0 ? 0xff : 0)));
  },
);

test.skipIf(!RENDERER_IS_HERE)('a drawing that cannot be read is an error and ends nothing', async () => {
  expect(await raster.dots('<svg')).toMatchObject({ ok: false });
  expect((await raster.dots(square('#000'))).ok).toBe(true);
});

test('knows the symbols that it draws, and the width of the paper', async () => {
  const row = { symbology: 'gs1_datamatrix', moduleDots: 4, heightDots: 80 } as const;
  const drawn = unwrap(await raster.symbol({ ...row, data: '(01)09521234567899' }, 576));
  expect(drawn.bits.some((byte) => byte !== 0)).toBe(true);
  expect(await raster.symbol({ ...row, data: '(01)09521234567899' }, 8)).toMatchObject({ ok: false });
  expect(await raster.symbol({ ...row, symbology: 'ean13', data: '1' }, 576)).toMatchObject({ ok: false });
  expect(await raster.logo('nobody', 576)).toMatchObject({ ok: false });
});

test('a closed one says so', async () => {
  const other = openRaster();
  await other.close();
  expect(await other.raster.dots(square('#000'))).toMatchObject({ ok: false });
});
