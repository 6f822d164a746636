import { expect, it } from 'vitest';
import { COMMANDS_WAITING_MAX, CommandQueue } from './queue.ts';

it('runs one command at a time, in order, past one that throws', async () => {
  const queue = new CommandQueue();
  const seen: string[] = [];
  const command = (name: string, fails = false) =>
    queue.run(async () => {
      seen.push(`${name} begins`);
      await scheduler.wait(1);
      seen.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    });
  const answers = await Promise.allSettled([command('a'), command('b', true), command('c')]);
  expect(answers.map((answer) => answer.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});

it('is full when too many wait, and not for ever', async () => {
  const queue = new CommandQueue();
  const all = Array.from({ length: COMMANDS_WAITING_MAX }, () => queue.run(async () => undefined));
  expect(queue.full).toBe(true);
  await Promise.all(all);
  expect(queue.full).toBe(false);
});
