import { z } from 'zod';
import { err, ok, type Result } from '../../shared/result.ts';
import { errorText } from '../log.ts';
import { writeTokenFile } from './token_file.ts';

const CALL_TIMEOUT_MS = 15_000;

/** What the cloud answers about a device that gets new secrets (`NewDevice` of its OpenAPI document). */
const IssuedDevice = z.looseObject({
  id: z.string(),
  store_id: z.string(),
  kind: z.string(),
  token: z.string().optional(),
});

/**
 * Shows the one-time code to the cloud and keeps the token that it answers. The error is a sentence for the
 * person at the keyboard; nothing is written unless the code was this agent's.
 */
export async function enrolAgent(
  config: { agent_id: string; store_id: string; token_file: string },
  cloudUrl: string,
  code: string,
): Promise<Result<{ token_file: string }, string>> {
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(`${cloudUrl.replace(/\/+$/, '')}/v1/enrolments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
      redirect: 'error',
    });
    body = await response.json();
  } catch (error) {
    return err(`No answer from ${cloudUrl}: ${errorText(error)}. The code may be used up: ask for another.`);
  }
  if (response.status === 401) return err('This code is unknown, used or too old: ask for another.');
  if (response.status !== 201) return err(`The cloud answers ${response.status}.`);
  const device = IssuedDevice.safeParse(body);
  if (!device.success || device.data.token === undefined)
    return err('This code belongs to a device that needs no token here.');
  const { id, store_id, token } = device.data;
  if (id !== config.agent_id || store_id !== config.store_id)
    return err(`This code belongs to ${id} in ${store_id}; the configuration names another agent.`);
  await writeTokenFile(config.token_file, token);
  return ok({ token_file: config.token_file });
}
