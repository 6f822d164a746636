/** The counters that the broker fills; named as in `/metrics`. */
export type CountMqtt = (
  name:
    | 'sesame_mqtt_messages_total'
    | 'sesame_mqtt_dropped_total'
    | 'sesame_mqtt_refused_total'
    | 'sesame_mqtt_stalled_total'
    | 'sesame_mqtt_events_missing_total',
  labels: Record<string, string>,
  by?: number,
) => void;
