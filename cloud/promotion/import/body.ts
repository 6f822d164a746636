export const FILE_BYTES_MAX = 32 * 1024 * 1024;

/** The file is longer than it may be. */
export class BodyTooLarge extends Error {
  constructor() {
    super(`a file has at most ${FILE_BYTES_MAX / 1024 / 1024} MiB`);
  }
}

/** Whoever sent the file has stopped in the middle. */
export class BodyBroken extends Error {}

/** A request's body piece by piece, counted. */
export async function* piecesOf(
  body: ReadableStream<Uint8Array> | null,
  bytes: { read: number },
): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        throw new BodyBroken('the file broke off', { cause });
      });
      if (done) return;
      bytes.read += value.length;
      if (bytes.read > FILE_BYTES_MAX) throw new BodyTooLarge();
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
