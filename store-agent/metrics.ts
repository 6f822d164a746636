/** Upper bounds in seconds: from a lookup in memory to a question to the edge. */
const DECISION_BUCKETS_S = [
  0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.05, 0.1, 0.2, 0.5,
];

const COUNTERS = {
  sesame_tag_reads_total: 'Reads of tags by readers and gates',
  sesame_gate_decisions_total: 'Answers to gates, by decision',
  sesame_exit_passes_total: 'Exit passes shown, by result',
  sesame_prints_total: 'Print jobs that came to an end, by result',
  sesame_till_payments_total: 'Payments taken at tills, by gateway',
  sesame_mqtt_malformed_total: 'Messages of gates that could not be read, or not wholly',
  sesame_mqtt_messages_total: 'Messages that devices published, by the last word of the topic',
  sesame_mqtt_dropped_total: 'Messages of devices that went no further, by reason',
  sesame_mqtt_refused_total: 'Connections and sign-ins that were refused, by reason',
  sesame_mqtt_stalled_total: 'Devices cut off because they stopped reading',
  sesame_mqtt_events_missing_total: 'Numbered events of devices that never came',
  sesame_vendor_deliveries_total: 'Changes of tags that were told to vendors, by what came of them',
  sesame_vendor_requests_total: 'Requests to vendors, by result',
  sesame_mqtt_commands_total: 'Commands to devices that came to an end, by outcome',
} as const;

const GAUGES = {
  sesame_feed_cursor: 'The last entry of the store feed that is on disk',
  sesame_feed_unwritten_frames: 'Frames in memory that the disk has not taken',
  sesame_outbox_backlog: 'Reports that the edge has not taken',
  sesame_outbox_oldest_seconds: 'Age of the oldest of them',
  sesame_records_lost_total: 'Gate events that neither disk nor memory had room for',
  sesame_link_up: '1 while the edge can be heard',
  sesame_disk_full: '1 while the disk takes no more',
  sesame_tags: 'Tags of the store in memory',
  sesame_mqtt_clients: 'Connected devices on the broker',
  sesame_mqtt_connections: 'Connections on the broker, signed in or not',
  sesame_mqtt_retained_messages: 'Messages that the broker retains',
  sesame_mqtt_retained_bytes: 'Their bytes',
  sesame_mqtt_queued_messages: 'Messages that wait for observers who are away',
  sesame_mqtt_queued_bytes: 'Their bytes',
  sesame_mqtt_store_up: '1 while the broker’s messages are kept on disk',
  sesame_vendor_waiting: 'Changes of tags that a vendor has not taken',
  sesame_vendor_oldest_seconds: 'Age of the oldest of them',
  sesame_vendor_dead: 'Changes of tags that are not tried any more',
  sesame_vendor_circuit_open: '1 while a vendor refuses our credentials and is left alone',
  sesame_mqtt_commands_open: 'Commands to devices without an outcome',
  sesame_device_up: '1 while a device is online',
  sesame_till_unsent: 'Sales of tills that the edge has not taken',
  sesame_till_unsent_amount: 'What they come to, in minor units',
  sesame_till_damaged: 'Tills whose records were changed by somebody',
  sesame_till_refused: 'Documents of tills that the edge refused',
  sesame_shelf_version: 'The version of the shelf that tills sell from',
  sesame_clock_offset_seconds: 'How far the clock of the edge is ahead of ours',
} as const;

type Labels = Record<string, string>;

/** Series that a dashboard wants to see from the first moment, before anything happened. */
const EXPECTED: readonly [keyof typeof COUNTERS, string, readonly string[]][] = [
  ['sesame_gate_decisions_total', 'decision', ['open', 'alarm', 'ignore']],
  ['sesame_prints_total', 'result', ['printed', 'failed', 'doubtful']],
  ['sesame_tag_reads_total', 'source', ['reader', 'mqtt', 'http']],
  ['sesame_mqtt_commands_total', 'outcome', ['done', 'failed', 'expired']],
  [
    'sesame_exit_passes_total',
    'result',
    ['accepted', 'expired', 'used', 'signature', 'other_store', 'malformed'],
  ],
];

/** Counts and the one histogram; gauges are read from their owners when somebody asks. */
export class Metrics {
  readonly #counters = new Map<string, Map<string, number>>();
  readonly #buckets = new Array<number>(DECISION_BUCKETS_S.length).fill(0);
  #decisions = 0;
  #decisionSeconds = 0;

  constructor() {
    for (const [name, label, values] of EXPECTED)
      for (const value of values) this.count(name, { [label]: value }, 0);
  }

  count(name: keyof typeof COUNTERS, labels: Labels = {}, by = 1): void {
    const series = this.#counters.get(name) ?? new Map<string, number>();
    const key = labelText(labels);
    series.set(key, (series.get(key) ?? 0) + by);
    this.#counters.set(name, series);
  }

  decisionTook(seconds: number): void {
    this.#decisions += 1;
    this.#decisionSeconds += seconds;
    DECISION_BUCKETS_S.forEach((bound, index) => {
      if (seconds <= bound) this.#buckets[index] = (this.#buckets[index] ?? 0) + 1;
    });
  }

  /** Prometheus text exposition format 0.0.4. */
  render(gauges: Partial<Record<keyof typeof GAUGES, number | { labels: Labels; value: number }[]>>): string {
    const lines: string[] = [];
    for (const [name, help] of Object.entries(COUNTERS)) {
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} counter`);
      const series = this.#counters.get(name);
      if (series === undefined) lines.push(`${name} 0`);
      else for (const [labels, value] of series) lines.push(`${name}${labels} ${value}`);
    }
    const histogram = 'sesame_gate_decision_seconds';
    lines.push(`# HELP ${histogram} From the read to the answer`, `# TYPE ${histogram} histogram`);
    DECISION_BUCKETS_S.forEach((bound, index) => {
      lines.push(`${histogram}_bucket{le="${bound}"} ${this.#buckets[index] ?? 0}`);
    });
    lines.push(
      `${histogram}_bucket{le="+Inf"} ${this.#decisions}`,
      `${histogram}_sum ${this.#decisionSeconds}`,
      `${histogram}_count ${this.#decisions}`,
    );
    for (const [name, help] of Object.entries(GAUGES)) {
      const value = Object.entries(gauges).find(([key]) => key === name)?.[1];
      if (value === undefined) continue;
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${name.endsWith('_total') ? 'counter' : 'gauge'}`);
      if (typeof value === 'number') lines.push(`${name} ${value}`);
      else for (const one of value) lines.push(`${name}${labelText(one.labels)} ${one.value}`);
    }
    return `${lines.join('\n')}\n`;
  }
}

function labelText(labels: Labels): string {
  const entries = Object.entries(labels);
  if (entries.length === 0) return '';
  const escaped = (value: string): string =>
    value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `{${entries.map(([key, value]) => `${key}="${escaped(value)}"`).join(',')}}`;
}
