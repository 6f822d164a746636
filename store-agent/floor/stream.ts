/** One message of a server-sent event stream (WHATWG HTML, section 9.2). */
export interface StreamEvent {
  event: string;
  data: unknown;
}

const RETRY_MS = 1_000;

/**
 * Follows an event stream for ever with a bearer token, which EventSource cannot send. `onState` says
 * whether the stream is up; after a gap the caller reads the whole state again.
 */
export async function follow(
  path: string,
  token: string | null,
  onEvent: (event: StreamEvent) => void,
  onState: (up: boolean) => void,
): Promise<never> {
  for (;;) {
    try {
      const response = await fetch(path, {
        headers: {
          accept: 'text/event-stream',
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        },
      });
      if (response.ok && response.body !== null) {
        onState(true);
        for await (const event of events(response.body)) onEvent(event);
      }
    } catch {
      // The stream is gone; the next one is tried in a moment.
    }
    onState(false);
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

async function* events(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let buffer = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    buffer += decoder.decode(value, { stream: true }).replaceAll('\r\n', '\n');
    for (let end = buffer.indexOf('\n\n'); end >= 0; end = buffer.indexOf('\n\n')) {
      const event = parse(buffer.slice(0, end));
      buffer = buffer.slice(end + 2);
      if (event !== null) yield event;
    }
  }
}

function parse(block: string): StreamEvent | null {
  let event = 'message';
  const data: string[] = [];
  for (const line of block.split('\n')) {
    if (line.startsWith('event:')) event = line.slice(6).trim();
    else if (line.startsWith('data:')) data.push(line.slice(5).trimStart());
  }
  if (data.length === 0) return null;
  try {
    return { event, data: JSON.parse(data.join('\n')) };
  } catch {
    return null;
  }
}
