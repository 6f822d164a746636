import { expect, it } from 'vitest';
import { DEBT_TABLES, OFFLINE_TABLES } from './offline/schema.ts';
import { CLOUD_PRINT_TABLES } from './print/schema.ts';
import { SHOPPING_TABLES } from './schema/basket.ts';
import { ORDER_TABLES } from './schema/order.ts';
import { STORE_PAYMENT_TABLES } from './schema/payment.ts';
import { RETURN_TABLES } from './schema/refund.ts';
import { migrate } from './schema.ts';
import { shelfForBasket } from './shelf.ts';
import { promotionsForBasket } from './shelf_promotions.ts';
import { single } from './sql.ts';
import { onBench } from './test/fixture.ts';

const namesOf = (statements: readonly string[]): string[] =>
  statements.flatMap((statement) => /^CREATE TABLE (\w+)/.exec(statement)?.[1] ?? []);

it('brings the promotions of a store of the first build over', () =>
  onBench((bench) => {
    const { sql } = bench;
    // As the first step of the tables had left them: the later steps' tables are not there.
    for (const table of [
      'promotion_part',
      'shelf',
      ...namesOf([
        ...OFFLINE_TABLES,
        ...CLOUD_PRINT_TABLES,
        ...DEBT_TABLES,
        ...RETURN_TABLES,
        ...SHOPPING_TABLES,
        ...ORDER_TABLES,
        ...STORE_PAYMENT_TABLES,
      ]),
    ])
      sql.exec(`DROP TABLE ${table}`);
    sql.exec('ALTER TABLE orders DROP COLUMN verification');
    sql.exec(
      'CREATE TABLE promotion (version INTEGER NOT NULL, position INTEGER NOT NULL, json TEXT NOT NULL, PRIMARY KEY (version, position))',
    );
    for (const [position, id] of ['a', 'b'].entries())
      sql.exec('INSERT INTO promotion VALUES (1, ?, ?)', position, JSON.stringify({ id }));
    sql.exec('UPDATE store SET schema = 1');

    bench.run(() => migrate(sql));
    expect(single<{ schema: number }>(sql, 'SELECT schema FROM store').schema).toBeGreaterThan(1);
    expect(shelfForBasket(sql)).toEqual({ version: 1, catalog_version: 0 });
    expect(promotionsForBasket(sql, { version: 1, from: 0 })).toEqual({
      parts: ['[{"id":"a"}]', '[{"id":"b"}]'],
      next: null,
    });
    bench.run(() => migrate(sql));
  }));
