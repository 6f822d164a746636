import { expect, it } from 'vitest';
import { allocate } from './series.ts';
import { onBench } from './test/fixture.ts';

it('counts each series from its own first number', () =>
  onBench(({ run }) => {
    const order = () => run((scope) => allocate(scope, 'order'));
    expect([order(), order(), order()]).toEqual([
      { value: 100_000, epoch: 0 },
      { value: 100_001, epoch: 0 },
      { value: 100_002, epoch: 0 },
    ]);
    expect(run((scope) => allocate(scope, 'fiscal'))).toEqual({ value: 1, epoch: 0 });
    expect(order().value).toBe(100_003);
  }));

it('wraps from the last number to the first, exactly once, and counts the epoch', () =>
  onBench(({ run, sql }) => {
    const order = () => run((scope) => allocate(scope, 'order'));
    order();
    sql.exec(`UPDATE series SET cur = 999998 WHERE series = 'order'`);
    expect([order(), order(), order()]).toEqual([
      { value: 999_999, epoch: 0 },
      { value: 100_000, epoch: 1 },
      { value: 100_001, epoch: 1 },
    ]);
  }));

it('gives a number back when its transaction fails', () =>
  onBench(({ run }) => {
    const failing = () =>
      run((scope) => {
        allocate(scope, 'order');
        throw new Error('the rest of the command failed');
      });
    expect(failing).toThrow('the rest');
    expect(run((scope) => allocate(scope, 'order')).value).toBe(100_000);
  }));
