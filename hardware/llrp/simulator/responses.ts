import type { ResponseName } from '../codec/message.ts';
import { MESSAGES } from '../codec/tables.generated.ts';

/** Responses that hold a status and parameters and nothing else. */
export type PlainResponse = Exclude<ResponseName, 'GetSupportedVersionResponse' | 'ClientRequestOpResponse'>;

const isPlain = (name: string): name is PlainResponse =>
  Object.hasOwn(MESSAGES, name) &&
  name !== 'GetSupportedVersionResponse' &&
  name !== 'ClientRequestOpResponse';
/** The response of each request. */
export const RESPONSES = new Map<string, PlainResponse>(
  Object.keys(MESSAGES)
    .filter(isPlain)
    .filter((name) => name.endsWith('Response'))
    .map((name) => [name.slice(0, -'Response'.length), name]),
);
