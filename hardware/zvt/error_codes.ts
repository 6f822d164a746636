/** What a terminal means by an error code (PA00P015, "error messages"). */
const ERRORS: Readonly<Record<number, string>> = {
  100: 'card not readable',
  101: 'card data not present',
  102: 'processing error',
  106: 'the terminal’s turnover file is full',
  107: 'the terminal is not registered',
  108: 'aborted, or no card in time',
  110: 'card is on a blocked list',
  111: 'wrong currency',
  114: 'chip error',
  115: 'card data incorrect',
  120: 'card expired',
  121: 'card not yet valid',
  122: 'card unknown',
  125: 'communication error',
  131: 'function not possible',
  154: 'protocol error',
  156: 'the terminal asks to wait',
  160: 'receiver not ready',
  161: 'the terminal’s host does not answer',
  163: 'no connection to the terminal’s host',
  177: 'memory full',
  194: 'the terminal needs a diagnosis',
  195: 'maximum amount exceeded',
  197: 'payment method not supported',
  198: 'currency not possible',
  200: 'amount too small',
  204: 'the terminal’s printer is not ready',
  255: 'system error',
};

/** A sentence about an error code; codes that are not listed keep their number. */
export const errorSentence = (code: number): string =>
  `${ERRORS[code] ?? 'refused'} (code ${code.toString(16).toUpperCase().padStart(2, '0')})`;
