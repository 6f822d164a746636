/** One JSON line an event, with the field names that the store agent's log uses too. No body, no token, no name. */
export function logError(
  msg: string,
  {
    error,
    ...fields
  }: {
    error: unknown;
    request_id?: string;
    trace?: string | null;
    method?: string;
    path?: string;
    store?: string;
  },
): void {
  const err = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  console.error(JSON.stringify({ level: 'error', time: new Date().toISOString(), msg, ...fields, err }));
}
