/** One JSON line an event, with the field names that the agent's log uses too. No body, no token, no name. */
export function logError(
  message: string,
  fields: { request_id?: string; trace_id?: string | null; method?: string; path?: string; error: unknown },
): void {
  const { error, ...rest } = fields;
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  console.error(
    JSON.stringify({ level: 'error', time: new Date().toISOString(), msg: message, ...rest, err: text }),
  );
}
