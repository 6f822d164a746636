import { WebSocket } from 'ws';
import { CLOSE, PING, PING_INTERVAL_MS, SILENCE_MAX_MS, StoreFrame } from '../../shared/feed/frames.ts';

/** A frame may be one entry above the usual size, or a whole snapshot part. */
const FRAME_BYTES_ACCEPTED_MAX = 8 * 1024 * 1024;
const CLOSING_MS = 250;
const FRAME_TYPES: ReadonlySet<string> = new Set(StoreFrame.options.map((option) => option.shape.type.value));

export interface FeedSocketHandlers {
  onOpen(): void;
  onFrame(frame: StoreFrame): void;
  /** Any bytes at all. */
  onHeard(): void;
  /** Once, whatever ended it. */
  onEnd(end: { code: number; reason: string; overloaded: boolean }): void;
}

export interface FeedSocket {
  send(frame: object): void;
  close(code: number, reason: string): void;
}

/**
 * One WebSocket connection of the store feed: beats its heart, dies of silence, reads frames. A frame of a
 * type that this build does not know is left aside; one that cannot be read ends the connection.
 */
export function openFeedSocket(
  url: string,
  token: string,
  handlers: FeedSocketHandlers,
  monotonicMs: () => number,
): FeedSocket {
  const socket = new WebSocket(url, {
    headers: { authorization: `Bearer ${token}` },
    handshakeTimeout: SILENCE_MAX_MS,
    maxPayload: FRAME_BYTES_ACCEPTED_MAX,
    perMessageDeflate: false,
  });
  let heardAt = monotonicMs();
  let beatAt = heardAt;
  let ended = false;
  let why = '';
  let overloaded = false;

  const end = (code: number, reason: string): void => {
    if (ended) return;
    ended = true;
    clearInterval(heart);
    handlers.onEnd({ code, reason: why || reason, overloaded: overloaded || code === CLOSE.overloaded });
    // The closing handshake gets a moment; a dead line gets no more than that.
    setTimeout(() => socket.terminate(), CLOSING_MS).unref();
  };
  const heard = (): void => {
    heardAt = monotonicMs();
    handlers.onHeard();
  };
  const close = (code: number, reason: string): void => {
    why = reason;
    if (socket.readyState === WebSocket.OPEN) socket.close(code, reason.slice(0, 100));
    end(code, reason);
  };

  const heart = setInterval(() => {
    const now = monotonicMs();
    // After a long stall of this very process the silence was ours: what came meanwhile is still unread.
    if (now - beatAt > 2 * PING_INTERVAL_MS) heardAt = now;
    beatAt = now;
    if (now - heardAt > SILENCE_MAX_MS) close(1001, 'silence');
    else if (socket.readyState === WebSocket.OPEN) socket.send(PING);
  }, PING_INTERVAL_MS);

  socket.on('open', () => {
    heard();
    handlers.onOpen();
  });
  socket.on('message', (data, isBinary) => {
    if (ended) return;
    heard();
    const read = isBinary ? 'unreadable' : readFrame(String(data));
    if (read === 'unreadable') close(CLOSE.bad_frame, 'a frame that cannot be read');
    else if (read !== 'unknown') handlers.onFrame(read);
  });
  socket.on('unexpected-response', (_request, response) => {
    overloaded = response.statusCode === 429 || response.statusCode === 503;
    why = `the edge answered ${response.statusCode}`;
    response.resume();
    socket.terminate();
    end(1006, why);
  });
  socket.on('error', (error) => {
    why ||= error.message;
  });
  socket.on('close', (code, reason) => end(code, String(reason)));

  return {
    send: (frame) => {
      if (!ended && socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
    },
    close,
  };
}

function readFrame(text: string): StoreFrame | 'unknown' | 'unreadable' {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return 'unreadable';
  }
  const frame = StoreFrame.safeParse(json);
  if (frame.success) return frame.data;
  const type = typeof json === 'object' && json !== null && 'type' in json ? json.type : null;
  return typeof type === 'string' && !FRAME_TYPES.has(type) ? 'unknown' : 'unreadable';
}
