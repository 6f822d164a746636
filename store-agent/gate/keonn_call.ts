import type { GateMessage } from '../exit/gatekeeper.ts';
import type { GateDecision } from '../exit/judge.ts';
import { type HttpAnswer, keonnAnswer, readKeonn } from '../exit/keonn.ts';

export interface KeonnPort {
  answer(gateId: string, message: GateMessage): Promise<GateDecision>;
  newId(): string;
  /** The state could not be asked: everything counts as unsold, and somebody has to know. */
  onDegraded(gateId: string, detail: string): void;
}

/** `POST /rfid/keonn/check-epcs/` of a gate whose identity is known. An empty question is answered and no event. */
export async function keonnCall(port: KeonnPort, gateId: string, text: string): Promise<HttpAnswer> {
  const question = readKeonn(text);
  if (!question.ok) return question.error;
  if (question.value.names.length === 0) return { status: 200, body: '{}' };
  const reads = [...new Set(question.value.epcs.values())].map((epc) => ({ epc }));
  try {
    const { epcs } = await port.answer(gateId, { id: port.newId(), reads });
    const sold = new Set(epcs.flatMap(({ epc, status }) => (status === 'sold' ? [epc] : [])));
    return keonnAnswer(question.value, sold);
  } catch (error) {
    port.onDegraded(gateId, error instanceof Error ? error.message : String(error));
    return { ...keonnAnswer(question.value, new Set()), status: 400 };
  }
}
