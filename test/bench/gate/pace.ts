import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Answers after how many milliseconds something came back. */
export type Round = (n: number) => Promise<number>;

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export async function openSocket(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  return socket;
}

/** Sends bytes, and stops the clock at the first bytes that come back. */
export function socketRound(socket: Socket, bytesOf: (n: number) => Uint8Array): Round {
  return (n) =>
    new Promise((resolve) => {
      const bytes = bytesOf(n);
      const began = performance.now();
      socket.once('data', () => resolve(performance.now() - began));
      socket.write(bytes);
    });
}
