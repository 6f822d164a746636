export const BASKET_LINES_MAX = 500;
/** Every unit is priced by itself, so units are bounded like lines. */
export const BASKET_UNITS_MAX = 10_000;
