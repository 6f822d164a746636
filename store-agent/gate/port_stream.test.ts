import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { PortStream } from './port_stream.ts';

vi.setConfig({ testTimeout: 60_000 });

function pair(): [PortStream, PortStream] {
  const { port1, port2 } = new MessageChannel();
  return [new PortStream(port1), new PortStream(port2)];
}

describe('a stream between two threads', () => {
  it('carries every byte in order, in any pieces', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 30_000 }), { maxLength: 12 }), async (pieces) => {
        const [here, there] = pair();
        const heard: Buffer[] = [];
        there.on('data', (chunk: Buffer) => heard.push(chunk));
        const ended = once(there, 'end');
        for (const piece of pieces) here.write(piece);
        here.end();
        await ended;
        expect(Buffer.concat(heard).equals(Buffer.concat(pieces))).toBe(true);
        here.destroy();
        there.destroy();
      }),
      { seed: 3, numRuns: 40 },
    );
  });

  it('holds the sender back while nobody reads, and goes on when somebody does', async () => {
    const [here, there] = pair();
    const piece = Buffer.alloc(16 * 1024, 7);
    let accepted = 0;
    for (let n = 0; n < 40; n++) here.write(piece, () => (accepted += 1));
    await vi.waitFor(() => expect(accepted).toBeGreaterThan(0));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(accepted).toBeLessThan(20);
    let bytes = 0;
    there.on('data', (chunk: Buffer) => (bytes += chunk.length));
    await vi.waitFor(() => expect(bytes).toBe(40 * piece.length));
    expect(accepted).toBe(40);
    here.destroy();
  });

  it('ends on both sides when one is destroyed', async () => {
    const [here, there] = pair();
    const closed = once(there, 'close');
    here.destroy();
    await closed;
    expect(there.destroyed).toBe(true);
  });
});
