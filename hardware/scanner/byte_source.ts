import { execFile, spawn } from 'node:child_process';
import { close as closeFd, constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { Socket } from 'node:net';
import { isatty, ReadStream } from 'node:tty';
import { promisify } from 'node:util';
import { err, ok, type Result } from '../../shared/result.ts';
import { reasonOf } from '../health.ts';

const { O_RDONLY, O_RDWR, O_NOCTTY, O_NONBLOCK } = constants;

/** A stream of bytes from a device file. */
export interface ByteSource {
  onData(listener: (chunk: Uint8Array) => void): void;
  /** Resolves once, with why, when no more bytes will come. */
  readonly ended: Promise<string>;
  close(): void;
}

/**
 * Opens a device file so that waiting for it blocks nobody: a read of such a file on the thread pool would
 * hold one of its few threads for ever. A terminal and a pipe have a poll of their own; any other character
 * device (`/dev/input/event*`) is read by a `cat` of our own, which drains it also while this process works.
 */
export async function openByteSource(path: string, baud?: number): Promise<Result<ByteSource, string>> {
  try {
    const probe = await open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    const stat = await probe.stat();
    const terminal = isatty(probe.fd);
    await probe.close();
    if (terminal) {
      if (baud !== undefined) await promisify(execFile)('stty', ['-F', path, String(baud)]);
      return ok(terminalSource(await takeFd(path, O_RDWR | O_NONBLOCK | O_NOCTTY)));
    }
    // Opened for writing too, a pipe does not end with each writer.
    if (stat.isFIFO()) return ok(pipeSource(await takeFd(path, O_RDWR | O_NONBLOCK)));
    if (stat.isCharacterDevice()) return ok(openThroughChild(path));
    return err(`${path} is no device`);
  } catch (error) {
    return err(reasonOf(error));
  }
}

/** A descriptor that the stream made of it owns, and no garbage collector closes. */
async function takeFd(path: string, flags: number): Promise<number> {
  const { openSync } = await import('node:fs');
  return openSync(path, flags);
}

function terminalSource(fd: number): ByteSource {
  const stream = new ReadStream(fd);
  // Otherwise the kernel echoes the code to the scanner and turns its carriage return into something else.
  stream.setRawMode(true);
  return sourceOf(stream);
}

function pipeSource(fd: number): ByteSource {
  try {
    return sourceOf(new Socket({ fd, readable: true, writable: false }));
  } catch (error) {
    closeFd(fd, () => {});
    throw error;
  }
}

function sourceOf(stream: Socket): ByteSource {
  return {
    onData: (listener) => void stream.on('data', listener),
    ended: new Promise((resolve) => {
      stream.once('error', (error) => resolve(reasonOf(error)));
      stream.once('end', () => resolve('the device ended the stream'));
      stream.once('close', () => resolve('the device was closed'));
    }),
    close: () => void stream.destroy(),
  };
}

export function openThroughChild(path: string): ByteSource {
  const child = spawn('cat', ['--', path], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-500);
  });
  return {
    onData: (listener) => void child.stdout.on('data', listener),
    ended: new Promise((resolve) => {
      child.once('error', (error) => resolve(reasonOf(error)));
      child.once('close', () => resolve(said === '' ? 'the device ended the stream' : reasonOf(said)));
    }),
    close: () => void child.kill('SIGKILL'),
  };
}
