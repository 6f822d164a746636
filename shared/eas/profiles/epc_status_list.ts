/** A call with the tags as a list and one word for them all; method and path are all that is documented. */
const epcStatusList = (vendor: string, title: string, path: string, sold: string, unsold: string) => {
  const step = (word: string) => ({
    method: 'POST',
    path,
    content: 'json',
    body: { epcs: '{{epcs}}', status: '{{state}}' },
    word,
  });
  const marks = { retail_sold: [step(sold)], sellable_accessible: [step(unsold)] };
  return {
    v: 1,
    vendor,
    title,
    documented: Object.keys(marks).flatMap((to) => [`/marks/${to}/0/method`, `/marks/${to}/0/path`]),
    placeholder: [
      '/auth',
      '/words',
      '/marks',
      '/batch_max',
      '/timeout_ms',
      '/rate_per_s',
      '/one_order',
      '/verify_after',
    ],
    auth: { type: 'none' },
    words: {},
    marks,
  };
};

export const sml = epcStatusList(
  'sml',
  'SML SmartEAS, tag status',
  '/SmartEAS/EpcMgmt/SetEpcTagStatus',
  'SOLD',
  'UNSOLD',
);

/** Outbound. A Keonn gate that asks by itself is answered by a route of its own. */
export const keonn = epcStatusList('keonn', 'Keonn, tags told to the gate', '/api/gate/', 'sold', 'unsold');
