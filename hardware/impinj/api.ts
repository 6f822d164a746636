import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { err, ok, type Result } from '../../shared/result.ts';
import {
  callHttp,
  type HttpAnswer,
  type HttpCall,
  type HttpPlace,
  keepConnections,
  letGo,
  openHttpStream,
} from '../device_http.ts';

const API = '/api/v1';
const Status = z.object({ status: z.string().max(64), serialNumber: z.string().max(64).optional() });
const Interface = z.object({ rfidInterface: z.string().max(16) });
export type ReaderStatus = z.infer<typeof Status>;

/**
 * Why the reader cannot be used as it is. `credentials` and `llrp_mode` are put right by a person, the rest
 * may pass. The detail is a sentence for staff.
 */
export interface ApiFailure {
  code: 'unreachable' | 'timeout' | 'aborted' | 'credentials' | 'llrp_mode' | 'refused' | 'malformed';
  detail: string;
}

interface ApiOptions {
  place: HttpPlace;
  /** Value of the Authorization header; null where the reader asks for none. */
  authorization: string | null;
  timeoutMs: number;
  signal: AbortSignal;
}

/** The calls of the reader's REST interface that this driver makes. */
export class ImpinjApi {
  readonly #options: ApiOptions;

  constructor(options: ApiOptions) {
    this.#options = { ...options, place: keepConnections(options.place) };
  }

  /** Ends the connections that were kept. */
  close(): void {
    letGo(this.#options.place);
  }

  async status(): Promise<Result<ReaderStatus, ApiFailure>> {
    const answer = await this.#call({ method: 'GET', path: '/status' });
    return answer.ok ? read(Status, answer.value) : answer;
  }

  /**
   * Whether the reader serves this interface: it speaks either this or LLRP. Firmware that knows no such
   * choice answers 404 and has only this one.
   */
  async speaksRest(): Promise<Result<void, ApiFailure>> {
    const answer = await this.#call({ method: 'GET', path: '/system/rfid/interface' }, [404]);
    if (!answer.ok) return answer;
    if (answer.value.status === 404) return ok(undefined);
    const mode = read(Interface, answer.value);
    if (!mode.ok) return mode;
    if (mode.value.rfidInterface === 'rest') return ok(undefined);
    return err({
      code: 'llrp_mode',
      detail: `The reader is set to the ${mode.value.rfidInterface} interface. Set it to "rest", or configure it as llrp://.`,
    });
  }

  async start(preset: string): Promise<Result<void, ApiFailure>> {
    const path = `/profiles/inventory/presets/${encodeURIComponent(preset)}/start`;
    const answer = await this.#call({ method: 'POST', path }, [404]);
    if (!answer.ok) return answer;
    if (answer.value.status !== 404) return ok(undefined);
    return err({ code: 'refused', detail: `The reader has no inventory preset "${preset}".` });
  }

  async stop(): Promise<Result<void, ApiFailure>> {
    const answer = await this.#call({ method: 'POST', path: '/profiles/stop' });
    return answer.ok ? ok(undefined) : answer;
  }

  /** With `pulseMs` the reader itself ends the level, even if nobody is there to tell it. */
  async setOutput(gpo: number, on: boolean, pulseMs?: number): Promise<Result<void, ApiFailure>> {
    const state = on ? 'high' : 'low';
    const how =
      pulseMs === undefined
        ? { control: 'static' }
        : { control: 'pulsed', pulseDurationMilliseconds: pulseMs };
    const body = { gpoConfigurations: [{ gpo, state, ...how }] };
    const answer = await this.#call({ method: 'PUT', path: '/device/gpos', body });
    return answer.ok ? ok(undefined) : answer;
  }

  async stream(): Promise<Result<IncomingMessage, ApiFailure>> {
    const { place, authorization, timeoutMs, signal } = this.#options;
    const call: HttpCall = { method: 'GET', path: `${API}/data/stream`, authorization };
    const opened = await openHttpStream(place, call, timeoutMs, signal);
    if (!opened.ok) return err(failureOf(opened.error));
    const status = opened.value.statusCode ?? 0;
    if (status === 200) return ok(opened.value);
    opened.value.destroy();
    return err(refusal(status, ''));
  }

  async #call(call: HttpCall, also: readonly number[] = []): Promise<Result<HttpAnswer, ApiFailure>> {
    const { place, authorization, timeoutMs, signal } = this.#options;
    const answer = await callHttp(
      place,
      { ...call, path: API + call.path, authorization },
      timeoutMs,
      signal,
    );
    if (!answer.ok) return err(failureOf(answer.error));
    const { status, text } = answer.value;
    if ((status >= 200 && status < 300) || also.includes(status)) return ok(answer.value);
    return err(refusal(status, text));
  }
}

const failureOf = ({ code, detail }: { code: string; detail: string }): ApiFailure => ({
  code: code === 'timeout' || code === 'aborted' ? code : 'unreachable',
  detail,
});

function refusal(status: number, text: string): ApiFailure {
  if (status === 401 || status === 403) {
    return { code: 'credentials', detail: 'The reader refuses the user name or password.' };
  }
  const said = z.object({ message: z.string().max(500) }).safeParse(jsonOf(text));
  const detail = said.success ? ` ${said.data.message}` : '';
  return { code: 'refused', detail: `The reader answered ${status}.${detail}` };
}

function read<T>(schema: z.ZodType<T>, answer: HttpAnswer): Result<T, ApiFailure> {
  const parsed = schema.safeParse(jsonOf(answer.text));
  if (parsed.success) return ok(parsed.data);
  return err({ code: 'malformed', detail: 'The answer is not of this interface. Is it the right device?' });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
