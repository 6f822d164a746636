import mqtt, { type MqttClient } from 'mqtt';
import { z } from 'zod';

export const Decision = z.object({
  id: z.string(),
  decision: z.enum(['open', 'alarm', 'ignore']),
  epcs: z.array(z.looseObject({ epc: z.string(), status: z.enum(['sold', 'unsold', 'unknown', 'foreign']) })),
  at: z.string(),
});
export type Decision = z.infer<typeof Decision>;

/** A gate of the store on MQTT: it publishes reads and gets one decision for each. */
export class Gate {
  private readonly client: MqttClient;
  private readonly topic: string;
  private readonly waiting = new Map<string, (decision: Decision) => void>();
  private count = 0;
  /** Decisions by id: a second one for the same id would show here. */
  readonly answers = new Map<string, number>();

  private constructor(client: MqttClient, topic: string) {
    this.client = client;
    this.topic = topic;
    client.on('message', (_topic, payload) => {
      const decision = Decision.parse(JSON.parse(payload.toString()));
      this.answers.set(decision.id, (this.answers.get(decision.id) ?? 0) + 1);
      this.waiting.get(decision.id)?.(decision);
      this.waiting.delete(decision.id);
    });
  }

  static async connect(sesame: {
    mqtt: string;
    store_id: string;
    gate_id: string;
    tokens: { gate: { username: string; password: string } };
  }): Promise<Gate> {
    const { username, password } = sesame.tokens.gate;
    const client = await mqtt.connectAsync(sesame.mqtt, {
      username,
      password,
      clientId: username,
      protocolVersion: 4,
      reconnectPeriod: 100,
    });
    const topic = `sesame/v1/${sesame.store_id}/gates/${sesame.gate_id}`;
    await client.subscribeAsync(`${topic}/decision`, { qos: 1 });
    return new Gate(client, topic);
  }

  walk(...epcs: string[]): Promise<Decision> {
    const id = `walk-${process.pid}-${this.count++}`;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no decision for ${epcs.join(', ')}`)), 10_000);
      this.waiting.set(id, (decision) => {
        clearTimeout(timer);
        resolve(decision);
      });
      const reads = epcs.map((epc) => ({ epc, rssi: -50, antenna: 1, at: new Date().toISOString() }));
      this.client.publish(`${this.topic}/reads`, JSON.stringify({ id, reads }), { qos: 1 });
    });
  }

  close(): Promise<void> {
    return this.client.endAsync(true);
  }
}
