import { StoreFrame } from '../../../shared/feed/frames.ts';
import type { StoreObject } from '../store_object.ts';
import { AGENT_HEADER } from '../store_shell.ts';

type Frame<T extends StoreFrame['type']> = Extract<StoreFrame, { type: T }>;

/** A store agent's end of the feed over a real WebSocket: it reads frames in their order and keeps them all. */
export interface FeedClient {
  /** Sends a frame, or a text as it is. */
  send(frame: unknown): void;
  /** The next frame, which must be of this type. */
  next<T extends StoreFrame['type']>(type: T): Promise<Frame<T>>;
  /** Frames that nobody asked for yet. */
  waiting(): StoreFrame[];
  /** The close code that the store gives. */
  closed: Promise<number>;
  close(): void;
}

export async function connect(stub: DurableObjectStub<StoreObject>, agent: string): Promise<FeedClient> {
  const answer = await stub.fetch('https://store/feed', {
    headers: { upgrade: 'websocket', [AGENT_HEADER]: agent },
  });
  const ws = answer.webSocket;
  if (ws === null) throw new Error(`no WebSocket: ${answer.status}`);
  const frames: StoreFrame[] = [];
  let wake: () => void = () => {};
  ws.addEventListener('message', (event) => {
    frames.push(StoreFrame.parse(JSON.parse(String(event.data))));
    wake();
  });
  const closed = new Promise<number>((resolve) => {
    ws.addEventListener('close', (event) => resolve(event.code));
  });
  ws.accept();

  const any = async (): Promise<StoreFrame> => {
    for (;;) {
      const frame = frames.shift();
      if (frame !== undefined) return frame;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  const is = <T extends StoreFrame['type']>(frame: StoreFrame, type: T): frame is Frame<T> =>
    frame.type === type;
  return {
    send: (frame) => ws.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    async next(type) {
      const frame = await any();
      if (!is(frame, type)) throw new Error(`expected ${type}, got ${JSON.stringify(frame).slice(0, 200)}`);
      return frame;
    },
    waiting: () => [...frames],
    closed,
    close: () => ws.close(1000, 'done'),
  };
}

export const hello = (
  agent: string,
  more: { epoch?: string | null; cursor?: number; v?: number; journal?: string } = {},
) => ({
  type: 'hello',
  v: 1,
  agent,
  journal: 'journal-1',
  epoch: null,
  cursor: 0,
  ...more,
});

export const report = (id: number, data: Record<string, unknown> = {}) => ({
  type: 'report',
  id,
  at: '2026-03-01T12:00:00.000Z',
  kind: 'gate.alarm',
  data,
});
