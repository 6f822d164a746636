/**
 * What may be wrong with bytes that claim to be LLRP. Every decoder of this folder answers with one of
 * these and never throws on foreign bytes.
 */
export interface CodecError {
  code: 'bad_version' | 'bad_length' | 'frame_too_large' | 'truncated' | 'too_deep' | 'bad_json';
  /** A sentence for a log. */
  detail: string;
}
