export type Level = 'debug' | 'info' | 'warn' | 'error';
export type Fields = Record<string, unknown>;
export type Log = (level: Level, message: string, fields?: Fields) => void;

const VALUE_CHARS_MAX = 500;

/** Only these fields leave the process: a new one is a decision, never an accident. */
const FIELDS: ReadonlySet<string> = new Set([
  'agent',
  'attempt',
  'bytes',
  'client',
  'code',
  'count',
  'cursor',
  'delay_ms',
  'detail',
  'device',
  'entry',
  'epoch',
  'err',
  'error',
  'gate',
  'head',
  'host',
  'job',
  'kind',
  'method',
  'mqtt',
  'http',
  'order',
  'part',
  'path',
  'pid',
  'port',
  'printer',
  'reader',
  'reason',
  'request_id',
  'result',
  'seq',
  'signal',
  'state',
  'status',
  'store',
  'topic',
  'type',
  'took_ms',
  'version',
]);

const LEVELS: readonly Level[] = ['debug', 'info', 'warn', 'error'];
/** Three base64url parts: a JWT or an exit pass, wherever it may have slipped in. */
const COMPACT_JWS = /[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}/g;

/** A logger of JSON lines. Fields off the list are dropped, long values cut, anything like a token blotted out. */
export function createLog(write: (line: string) => void, now: () => number, least: Level = 'info'): Log {
  return (level, message, fields = {}) => {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(least)) return;
    const line: Fields = { level, time: new Date(now()).toISOString(), msg: clean(message) };
    for (const [key, value] of Object.entries(fields)) {
      if (FIELDS.has(key) && value !== undefined) line[key] = printable(value);
    }
    write(`${JSON.stringify(line)}\n`);
  };
}

/** What an exception says in one line. */
export function errorText(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

function printable(value: unknown): string | number | boolean | null {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
  return clean(value instanceof Error ? errorText(value) : String(value));
}

function clean(text: string): string {
  return text.replace(COMPACT_JWS, '[token]').slice(0, VALUE_CHARS_MAX);
}
