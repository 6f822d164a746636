import type { IncomingMessage } from 'node:http';
import { ok, type Result } from '../../shared/result.ts';
import type { DeviceAccess } from '../credentials.ts';
import { openMqttLine } from '../device_mqtt.ts';

/** What the reader tells, as bytes in which each event ends with a line feed, whatever carries it. */
export interface Feed {
  onChunk(listener: (chunk: Uint8Array) => void): void;
  /** Resolves once, with why, when no more will come. */
  readonly ended: Promise<string>;
  /** Whether it is never silent for long, so that a silence means its end. */
  readonly keptAlive: boolean;
  end(): void;
}

export function streamFeed(stream: IncomingMessage): Feed {
  const ended = new Promise<string>((resolve) => {
    // An error is followed by the close.
    stream.on('error', () => {});
    stream.on('close', () => resolve('The reader ended the stream.'));
  });
  return {
    onChunk: (listener) => void stream.on('data', listener),
    ended,
    keptAlive: true,
    end: () => void stream.destroy(),
  };
}

/** A broker that the reader was told to publish its events on. */
export interface EventBroker extends DeviceAccess {
  topic: string;
}

export async function brokerFeed(broker: EventBroker, signal: AbortSignal): Promise<Result<Feed, string>> {
  // The reader may speak before anybody listens: the preset is started in between.
  const early: Uint8Array[] = [];
  let listen = (chunk: Uint8Array): void => void early.push(chunk);
  const line = await openMqttLine(
    { ...broker, topics: [broker.topic] },
    // A message ends where it ends; the line feed says so to those who read lines.
    (_topic, text) => listen(Buffer.from(`${text}\n`)),
    signal,
  );
  if (!line.ok) return line;
  return ok({
    onChunk: (listener) => {
      listen = listener;
      for (const chunk of early.splice(0)) listener(chunk);
    },
    ended: line.value.closed,
    keptAlive: false,
    end: () => void line.value.end(),
  });
}
