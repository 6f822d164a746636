const step = (status: string) =>
  ({
    method: 'POST',
    path: '/epc-status',
    content: 'json',
    headers: { 'idempotency-key': '{{key}}' },
    body: { epcs: '{{epcs}}', status: '{{state}}', ref: '{{ref}}' },
    word: status,
  }) as const;

/** A plain JSON call, ours from end to end: to be copied for a box that takes something like it. */
const generic = (vendor: string, title: string) =>
  ({
    v: 1,
    vendor,
    title,
    documented: [],
    placeholder: [''],
    auth: { type: 'none' },
    words: {},
    marks: { retail_sold: [step('SOLD')], sellable_accessible: [step('UNSOLD')] },
    one_order: true,
  }) as const;

/** Of these four nothing is public but their names: every field is a placeholder. */
export const genericProfiles = [
  generic('generic', 'Generic JSON call'),
  generic('chainway', 'Chainway (placeholder: no public protocol)'),
  generic('sensormatic', 'Sensormatic (placeholder: no public protocol)'),
  generic('sievert', 'Sievert (placeholder: no public protocol)'),
  generic('tego', 'Tego (placeholder: no public protocol)'),
];
