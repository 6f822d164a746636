import { createRoute, z } from '@hono/zod-openapi';
import { Instant } from '../../../shared/api/common.ts';
import { CommandId, DeviceId } from '../../../shared/ids/index.ts';
import type { DeviceCommand } from '../../bus/command.ts';
import { CommandName } from '../../bus/device_messages.ts';
import * as limit from '../../bus/limits.ts';
import { requireRole, STAFF } from '../auth.ts';
import type { AgentParts, App } from '../context.ts';
import {
  BEARER,
  BODY_REFUSALS,
  CONFLICT,
  DISK_FULL,
  idempotent,
  jsonAnswer,
  jsonBody,
  NOT_FOUND,
  TOKEN_REFUSALS,
} from '../describe.ts';
import { onceOnly } from '../once.ts';
import { refuse } from '../refuse.ts';

const CommandRequest = z.strictObject({
  name: CommandName,
  args: z
    .record(z.string(), z.unknown())
    .refine((args) => Buffer.byteLength(JSON.stringify(args)) <= limit.COMMAND_ARGS_BYTES_MAX, {
      message: `at most ${limit.COMMAND_ARGS_BYTES_MAX} bytes of JSON`,
    })
    .default({}),
  ttl_ms: z
    .int()
    .min(limit.COMMAND_TTL_MS_MIN)
    .max(limit.COMMAND_TTL_MS_MAX)
    .default(limit.COMMAND_TTL_MS_DEFAULT),
});

const Command = z.object({
  id: z.string(),
  device_id: z.string(),
  name: z.string(),
  args: z.record(z.string(), z.unknown()),
  status: z.enum(['pending', 'accepted', 'done', 'failed', 'expired']),
  detail: z.string().optional(),
  result: z.record(z.string(), z.unknown()).optional(),
  issued_by: z.string(),
  issued_at: Instant,
  expires_at: Instant,
  updated_at: Instant,
});

export function devices(app: App, parts: AgentParts): void {
  const once = onceOnly(parts);
  const create = createRoute({
    method: 'post',
    path: '/v1/devices/{device_id}/commands',
    tags: ['Devices'],
    summary: 'Tells a device on the broker to do something',
    description:
      'Sent over MQTT and repeated until the device answers; never delivered after `ttl_ms`. A device that has told its commands is asked for no other.',
    security: BEARER,
    middleware: [requireRole(parts, STAFF)] as const,
    request: {
      headers: idempotent,
      params: z.object({ device_id: DeviceId }),
      body: jsonBody(CommandRequest),
    },
    responses: {
      202: jsonAnswer(Command, 'The command'),
      ...TOKEN_REFUSALS,
      ...BODY_REFUSALS,
      ...NOT_FOUND,
      ...CONFLICT,
      ...DISK_FULL,
    },
  });
  const read = createRoute({
    method: 'get',
    path: '/v1/devices/{device_id}/commands/{command_id}',
    tags: ['Devices'],
    summary: 'What became of a command',
    security: BEARER,
    middleware: [requireRole(parts)] as const,
    request: { params: z.object({ device_id: DeviceId, command_id: CommandId }) },
    responses: { 200: jsonAnswer(Command, 'The command'), ...TOKEN_REFUSALS, ...NOT_FOUND },
  });

  app.openapi(create, (c) =>
    once(c, (remember) => {
      const { device_id } = c.req.valid('param');
      if (parts.state.config?.devices.some((one) => one.id === device_id) !== true)
        return refuse(c, 'not_found');
      const body = c.req.valid('json');
      const written = parts.state.write((tables) => {
        const command = parts.commands.submit(tables, device_id, { ...body, issued_by: c.get('claims').sub });
        if (command.ok) remember(tables, 202, answerOf(command.value));
        return command;
      });
      if (!written.ok) return refuse(c, 'disk_full');
      const command = written.value;
      if (command.ok) {
        parts.commands.submitted(command.value);
        return c.json(answerOf(command.value), 202);
      }
      if (command.error.code === 'too_many')
        return refuse(c, 'conflict', { detail: 'too many commands of this device are still open' });
      const known = command.error.known.join(', ');
      return refuse(c, 'invalid', {
        errors: [{ path: '/name', code: 'unknown_command', message: `this device obeys: ${known}` }],
      });
    }),
  );

  app.openapi(read, (c) => {
    const { device_id, command_id } = c.req.valid('param');
    const command = parts.state.tables.deviceCommands.get(command_id);
    if (command === null || command.device_id !== device_id) return refuse(c, 'not_found');
    return c.json(answerOf(command), 200);
  });
}

function answerOf(command: DeviceCommand): z.infer<typeof Command> {
  const { id, device_id, name, args, status, detail, result, issued_by } = command;
  const iso = (ms: number): string => new Date(ms).toISOString();
  return {
    id,
    device_id,
    name,
    args,
    status,
    ...(detail === null ? {} : { detail }),
    ...(result === null ? {} : { result }),
    issued_by,
    issued_at: iso(command.issued_at),
    expires_at: iso(command.expires_at),
    updated_at: iso(command.updated_at),
  };
}
