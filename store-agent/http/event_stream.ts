const HEARTBEAT_MS = 10_000;
/** A page that does not read is cut off here; it comes back and reads the whole state again. */
const EVENTS_QUEUED_MAX = 500;

/** Server-sent events (WHATWG HTML, section 9.2) for ever. `begin` is told how to speak, and answers how to end. */
export function eventStream(
  begin: (tell: (event: string, data: unknown) => void) => () => void,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let end = (): void => {};
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        let ended = false;
        const say = (text: string): void => {
          if (ended) return;
          if ((controller.desiredSize ?? 0) > -EVENTS_QUEUED_MAX) controller.enqueue(encoder.encode(text));
          else {
            end();
            controller.close();
          }
        };
        const heartbeat = setInterval(() => say(': alive\n\n'), HEARTBEAT_MS);
        say('retry: 1000\n\n');
        const stop = begin((event, data) => say(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
        end = () => {
          if (ended) return;
          ended = true;
          stop();
          clearInterval(heartbeat);
        };
      },
      cancel: () => end(),
    },
    new CountQueuingStrategy({ highWaterMark: 16 }),
  );
}
