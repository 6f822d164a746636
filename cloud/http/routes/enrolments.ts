import { z } from '@hono/zod-openapi';
import { DeviceId, uuidv7 } from '../../../shared/ids/index.ts';
import { openDb } from '../../db/client.ts';
import { NewDevice } from '../../device/device.ts';
import {
  CODE_SYMBOLS,
  canonicalCode,
  codeOf,
  createEnrolmentCode,
  EnrolmentCode,
  enrol,
} from '../../device/enrolment.ts';
import { sha256Hex } from '../canonical.ts';
import { commitOnce } from '../commit.ts';
import type { App } from '../context.ts';
import { freshSecrets } from '../device_secrets.ts';
import { refuse } from '../refuse.ts';
import {
  ADMIN,
  guardedWrite,
  IdempotencyHeader,
  jsonAnswer,
  jsonBody,
  openWrite,
  refusal,
} from '../route.ts';

const CODE_CHARACTERS_MAX = 32;

const createCode = guardedWrite(ADMIN, {
  method: 'post',
  path: '/v1/devices/{device_id}/enrolment_codes',
  tags: ['Devices'],
  summary: 'Make the code with which a device enrols itself',
  description:
    'Good once and for an hour; shown this once. A code that was made before and not used is worth nothing any more.',
  request: { params: z.object({ device_id: DeviceId }), headers: IdempotencyHeader },
  responses: { 201: jsonAnswer(EnrolmentCode.openapi('EnrolmentCode'), 'The code') },
});

const Enrolment = z.strictObject({ code: z.string().min(1).max(CODE_CHARACTERS_MAX) }).openapi('Enrolment');

const create = openWrite({
  method: 'post',
  path: '/v1/enrolments',
  tags: ['Devices'],
  summary: 'Enrol a device with its code',
  description:
    'Every refusal is the same, whatever its reason. The secrets that the device had before end as in a rotation. An answer that is lost is lost: ask for another code.',
  request: { body: jsonBody(Enrolment) },
  responses: {
    201: jsonAnswer(NewDevice.openapi('NewDevice'), 'The device and its secrets, shown this once'),
    401: refusal('No such code'),
  },
});

export function enrolments(app: App): void {
  app.openapi(createCode, (c) =>
    commitOnce(c, EnrolmentCode, 201, async (db, act) => {
      const code = codeOf(crypto.getRandomValues(new Uint8Array(CODE_SYMBOLS)));
      const code_sha256 = await sha256Hex(canonicalCode(code));
      return createEnrolmentCode(db, act, c.req.valid('param').device_id, { code, code_sha256 });
    }),
  );
  app.openapi(create, async (c) => {
    const now_ms = Date.now();
    const act = {
      request_id: c.get('requestId'),
      now_ms,
      now: new Date(now_ms).toISOString(),
      freshId: (prefix: string) => `${prefix}_${uuidv7(now_ms, crypto.getRandomValues(new Uint8Array(10)))}`,
    };
    const code_sha256 = await sha256Hex(canonicalCode(c.req.valid('json').code));
    const enrolled = await enrol(openDb(c.env.DB), act, code_sha256, await freshSecrets(c.env));
    if (enrolled.ok) return c.json(enrolled.value, 201);
    return refuse(c, 'unauthenticated', { detail: 'This code is unknown, used or too old.' });
  });
}
