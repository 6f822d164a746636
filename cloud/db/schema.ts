export * from './schema/audit.ts';
export * from './schema/catalogue.ts';
export * from './schema/ledgers.ts';
export * from './schema/orders.ts';
export * from './schema/projection.ts';
export * from './schema/promotions.ts';
export * from './schema/refunds.ts';
export * from './schema/tenants.ts';
