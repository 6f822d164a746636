import type { Result } from '../../shared/result.ts';

/** Commands that this driver gives, by their name in the envelope of the MQTT interface. */
export type ZebraCommand =
  | { name: 'set_mode'; payload: { type: string; tagMetaData: string[] } }
  | { name: 'start' | 'stop' | 'get_status'; payload: Record<string, never> }
  | { name: 'set_gpo'; payload: { port: number; state: boolean } };

/** Why a command was not obeyed. The detail is a sentence for staff. */
export interface CommandFailure {
  code: 'timeout' | 'refused' | 'gone' | 'credentials' | 'malformed';
  detail: string;
}

/** A way to the reader that is open now. */
export interface ZebraSession {
  command(command: ZebraCommand): Promise<Result<void, CommandFailure>>;
  /** Resolves once, with why, when the way is gone. */
  readonly closed: Promise<string>;
  end(): Promise<void>;
}

/** How a reader is reached: its control interface and its tag data, each in the form that it speaks there. */
export interface ZebraCarrier {
  /** For logs and health, such as "mqtt://192.0.2.10 gate/1". */
  readonly where: string;
  open(onReport: (text: string) => void, signal: AbortSignal): Promise<Result<ZebraSession, string>>;
  /** Idempotent; whatever outlives a session ends. */
  close(): Promise<void>;
}
