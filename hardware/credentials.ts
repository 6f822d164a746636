import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { err, ok, type Result } from '../shared/result.ts';
import type { HttpPlace } from './device_http.ts';
import { reasonOf } from './health.ts';

const Credentials = z.strictObject({ username: z.string().min(1).max(256), password: z.string().max(1_024) });
type Credentials = z.infer<typeof Credentials>;

/**
 * Reads `{"username": …, "password": …}` from a file. It is read for every attempt, so that a new password
 * works without a restart. The error is a sentence for staff and never holds what the file says.
 */
async function readCredentials(path: string): Promise<Result<Credentials, string>> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'it is not JSON' : reasonOf(error);
    return err(`The credentials file cannot be read: ${reason}.`);
  }
  const parsed = Credentials.safeParse(json);
  return parsed.success ? ok(parsed.data) : err('The credentials file needs a username and a password.');
}

function basicAuthorization({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** A device on the network and the files that its administrator put beside the configuration. */
export interface DeviceAccess {
  /** Without a trailing slash, such as "https://192.0.2.10". */
  base: string;
  /** File with the device's own certificate (PEM). */
  certificateFile?: string;
  /** File with the user name and password; without it the device is asked without. */
  credentialsFile?: string;
}

/** Reads those files anew; what is not configured is null. */
export async function readAccess({
  certificateFile,
  credentialsFile,
}: DeviceAccess): Promise<Result<{ certificate: string | null; credentials: Credentials | null }, string>> {
  let certificate: string | null = null;
  if (certificateFile !== undefined) {
    try {
      certificate = await readFile(certificateFile, 'utf8');
    } catch (error) {
      return err(`The certificate file cannot be read: ${reasonOf(error)}.`);
    }
  }
  if (credentialsFile === undefined) return ok({ certificate, credentials: null });
  const credentials = await readCredentials(credentialsFile);
  return credentials.ok ? ok({ certificate, credentials: credentials.value }) : credentials;
}

/** The same for HTTP: `authorization` is the header of Basic authentication, or null without credentials. */
export async function openAccess(
  access: DeviceAccess,
): Promise<Result<{ place: HttpPlace; authorization: string | null }, string>> {
  const read = await readAccess(access);
  if (!read.ok) return read;
  const { certificate, credentials } = read.value;
  return ok({
    place: { base: access.base, ...(certificate === null ? {} : { certificate }) },
    authorization: credentials === null ? null : basicAuthorization(credentials),
  });
}
