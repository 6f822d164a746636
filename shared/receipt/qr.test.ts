import { expect, test } from 'vitest';
import { drawQr, QR_BYTES_MAX, qrModuleDots, qrModules } from './qr.ts';

test.each([1, 14, 15, 122, 123, 666, 667, 1372, 2331])(
  '%i bytes need the symbol that the encoder draws',
  (bytes) => {
    const data = 'é'.repeat(bytes >> 1) + 'x'.repeat(bytes & 1);
    expect(qrModules(data)).toBe(drawQr(data)?.modules);
  },
);

test('what no symbol holds is null, not an exception', () => {
  const data = 'x'.repeat(QR_BYTES_MAX + 1);
  expect(qrModules(data)).toBeNull();
  expect(drawQr(data)).toBeNull();
});

test('a symbol is never wider than its paper', () => {
  for (const columns of [32, 42, 48] as const) {
    for (const length of [5, 100, 400, 700]) {
      const data = 'x'.repeat(length);
      expect(qrModuleDots(data, columns) * (qrModules(data) ?? 0)).toBeLessThanOrEqual(columns * 12);
    }
  }
  expect(qrModuleDots('ORD-1', 48)).toBe(6);
});

test('the drawing holds the finder pattern in its corner', () => {
  const path = drawQr('ORD-1')?.path ?? '';
  expect(path.startsWith('M0 0h7v1h-7z')).toBe(true);
  expect(path).toContain('M2 2h3v1h-3z');
});
