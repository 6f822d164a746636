/** Gateways that every store has, without an account at a provider. */
export const BYPASS = 'bypass';
export const CASH = 'cash';
/** The store's own ledgers: gift cards, points, credit. Reserved first and taken last. */
export const LEDGER = 'ledger';

/** No provider is behind it that could be asked. */
export const isOurs = (gateway: string): boolean => gateway === BYPASS || gateway === CASH;
