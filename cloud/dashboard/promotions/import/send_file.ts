import type { Problem } from '../../../../shared/http/problem.ts';
import { session } from '../../session.ts';
import { problemOf } from '../data/call.ts';
import type { Format } from './formats.ts';
import { linesOf, type Progress, type Report } from './report.ts';

export interface FileToSend {
  file: File;
  format: Format;
  mode: 'merge' | 'replace';
  /** Empty: the file says which stores. */
  store: string;
}

export type Sent =
  | { kind: 'report'; report: Report }
  | { kind: 'refused'; problem: Problem }
  /** The line was cut: what was taken so far stands, and the same file again finishes it. */
  | { kind: 'cut' };

/** Sends the file as it is and tells how far the service is with it. */
export async function sendFile(
  { file, format, mode, store }: FileToSend,
  onProgress: (progress: Progress) => void,
): Promise<Sent> {
  const query = new URLSearchParams({ format, mode });
  if (store !== '') query.set('store_id', store);
  try {
    const response = await fetch(`/v1/promotion_imports?${query}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${session.value?.token ?? ''}`,
        'content-type': 'application/octet-stream',
      },
      body: file,
    });
    if (!response.ok || response.body === null)
      return {
        kind: 'refused',
        problem: problemOf(await response.json().catch(() => null), response.status),
      };
    for await (const line of linesOf(response.body)) {
      if (line.type === 'report') return { kind: 'report', report: line };
      onProgress(line);
    }
  } catch {
    return { kind: 'cut' };
  }
  return { kind: 'cut' };
}
