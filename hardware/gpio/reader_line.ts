import { Health, tell } from '../health.ts';
import type { DeviceHealth, DriverContext, InputLine, LineEdge, OutputLine, TagReader } from '../port.ts';
import { Pulse } from '../pulse.ts';

export interface ReaderLineOptions {
  reader: TagReader;
  /** 1-based, as on the reader's case. */
  port: number;
  /** What the line holds whenever the reader comes back, and on close. */
  failSafe: boolean;
}

/**
 * An output of a reader as a line. It needs nothing on the host, so it is the first choice. A pulse is ended
 * by the reader itself where it can do that, and then holds also when the agent is gone.
 */
export function openReaderOutput(options: ReaderLineOptions, ctx: DriverContext): OutputLine {
  const { reader, port, failSafe } = options;
  const name = `output ${port} of the reader`;
  const health = new Health(name, ctx, 'Waiting for the reader.');
  let wanted = failSafe;
  let closed = false;
  /** One command after the other: two on the way at once might be obeyed in the wrong order. */
  let turn: Promise<void> = Promise.resolve();

  const command = (give: () => Promise<void>): Promise<void> => {
    turn = turn.then(give).then(
      () => {
        if (!closed) health.set('online', 'Driven by the reader.');
      },
      (error: unknown) => {
        // The reader was asked while it was away; its coming back asserts what is wanted then.
        if (!closed) health.set('offline', error instanceof Error ? error.message : String(error));
      },
    );
    return turn;
  };
  const send = (on: boolean): Promise<void> => {
    wanted = on;
    return command(() => reader.setOutput(port, on));
  };
  const pulse = new Pulse((on) => {
    if (reader.pulseOutput === undefined) void send(on);
    else wanted = on;
  }, 0);

  let works = false;
  const look = ({ state, detail }: DeviceHealth): void => {
    if (closed) return;
    const now = state === 'online' || state === 'degraded';
    if (now && !works) void send(wanted);
    if (!now) health.set('offline', detail);
    works = now;
  };
  reader.onHealth(look);
  look(reader.health());

  let closing: Promise<void> | null = null;
  const shutDown = async (): Promise<void> => {
    // From here on nobody else's wish counts: the last command is the fail-safe level.
    closed = true;
    pulse.forget();
    await send(failSafe);
    health.close();
  };

  return {
    health: () => health.get(),
    onHealth: (listener) => health.onChange(listener),
    state: () => wanted,
    set: (on) => {
      pulse.forget();
      return closed ? Promise.resolve() : send(on);
    },
    pulse: (ms) => {
      if (closed) return;
      pulse.give(ms);
      if (reader.pulseOutput !== undefined) void command(async () => reader.pulseOutput?.(port, ms));
    },
    close: () => {
      closing ??= shutDown();
      return closing;
    },
  };
}

/** An input of a reader as a line. */
export function openReaderInput(options: { reader: TagReader; port: number }, ctx: DriverContext): InputLine {
  const { reader, port } = options;
  const listeners: ((edge: LineEdge) => void)[] = [];
  const health = new Health(`input ${port} of the reader`, ctx, 'Waiting for the reader.');
  let closed = false;
  const look = ({ state, detail }: DeviceHealth): void => {
    if (closed) return;
    if (reader.onInput === undefined) health.set('unavailable', 'This kind of reader tells of no inputs.');
    else if (state === 'online' || state === 'degraded') health.set('online', 'Told by the reader.');
    else health.set('offline', detail);
  };
  reader.onInput?.((which, on) => {
    if (which === port && !closed) tell(listeners, { on, at: new Date(ctx.now()).toISOString() }, ctx);
  });
  reader.onHealth(look);
  look(reader.health());
  return {
    health: () => health.get(),
    onHealth: (listener) => health.onChange(listener),
    onEdge: (listener) => void listeners.push(listener),
    close: () => {
      closed = true;
      health.close();
      return Promise.resolve();
    },
  };
}
