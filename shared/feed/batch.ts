import { FRAME_BYTES_MAX, FRAME_ENTRIES_MAX, UNACKNOWLEDGED_ENTRIES_MAX } from './frames.ts';

const FRAME_OVERHEAD_BYTES = 128;

/**
 * The next feed frame of a socket: as many stored entries as the limits allow. `sent` and `acked` are the
 * socket's cursors; `entries` are the log's rows after `sent`, oldest first, as stored JSON text.
 * A single entry above the frame's size goes alone: refusing it would stop the feed for ever.
 */
export function nextFrame(
  socket: { sent: number; acked: number },
  entries: readonly { seq: number; json: string }[],
): { frame: string; upTo: number } | null {
  const room = Math.min(FRAME_ENTRIES_MAX, UNACKNOWLEDGED_ENTRIES_MAX - (socket.sent - socket.acked));
  const taken: string[] = [];
  let bytes = FRAME_OVERHEAD_BYTES;
  let upTo = socket.sent;
  for (const entry of entries) {
    if (taken.length >= room) break;
    // Three bytes a UTF-16 unit is the most that UTF-8 needs: an upper bound without encoding twice.
    const cost = entry.json.length * 3 + 1;
    if (taken.length > 0 && bytes + cost > FRAME_BYTES_MAX) break;
    taken.push(entry.json);
    bytes += cost;
    upTo = entry.seq;
  }
  if (taken.length === 0) return null;
  return { frame: `{"type":"feed","after":${socket.sent},"entries":[${taken.join(',')}]}`, upTo };
}
