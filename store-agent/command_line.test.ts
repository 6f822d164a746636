import { expect, it } from 'vitest';
import { parseCommandLine } from './command_line.ts';

it.each([
  [['--config', 'a'], { do: 'run', config: 'a' }],
  [['doctor', '--config', 'a'], { do: 'doctor', config: 'a', json: false }],
  [['doctor', '--config', 'a', '--json'], { do: 'doctor', config: 'a', json: true }],
  [
    ['enrol', '--config', 'a', '--code', 'K7QP4-M2X9T', '--cloud', 'https://c'],
    { do: 'enrol', config: 'a', code: 'K7QP4-M2X9T', cloud: 'https://c' },
  ],
])('reads %j', (args, command) => {
  expect(parseCommandLine(args)).toEqual({ ok: true, value: command });
});

it.each([
  [[], /--config/],
  [['--config', 'a', '--colour'], /colour/],
  [['dance', '--config', 'a'], /dance/],
  [['doctor', 'now', '--config', 'a'], /now/],
  [['enrol', '--config', 'a'], /--code/],
  [['--config', 'a', '--code', 'x'], /enrol/],
  [['--config', 'a', '--json'], /doctor/],
])('refuses %j and says why', (args, why) => {
  const command = parseCommandLine(args);
  expect(command.ok ? '' : command.error).toMatch(why);
});
