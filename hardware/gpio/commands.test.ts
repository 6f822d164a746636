import { describe, expect, test } from 'vitest';
import {
  type GpiodTools,
  holdCommand,
  onceCommand,
  parseChips,
  parseEdge,
  parseLines,
  parseMajor,
  watchCommand,
} from './commands.ts';

const V1: GpiodTools = { major: 1, interactive: false };
const V2: GpiodTools = { major: 2, interactive: true };
const PLACE = { chip: 'gpiochip3', offset: 17 };
const line = ({ file, args }: { file: string; args: string[] }) => [file, ...args].join(' ');

describe('command lines', () => {
  test('of version 1', () => {
    expect(line(holdCommand(V1, PLACE, true, false))).toBe('gpioset --mode=signal gpiochip3 17=1');
    expect(line(onceCommand(V1, PLACE, false, true))).toBe('gpioset --mode=exit --active-low gpiochip3 17=0');
    expect(line(watchCommand(V1, PLACE, true))).toBe(
      'gpiomon --line-buffered --format=%o %e --active-low gpiochip3 17',
    );
  });

  test('of version 2, with and without an interactive mode', () => {
    const chip = '--consumer sesame --chip gpiochip3';
    expect(line(holdCommand(V2, PLACE, true, true))).toBe(`gpioset ${chip} --active-low --interactive 17=1`);
    expect(line(holdCommand({ ...V2, interactive: false }, PLACE, false, false))).toBe(
      `gpioset ${chip} 17=0`,
    );
    expect(line(onceCommand(V2, PLACE, false, false))).toBe(`gpioset ${chip} --toggle 0 17=0`);
    expect(line(watchCommand(V2, PLACE, false))).toBe(`gpiomon ${chip} --format=%o %e 17`);
  });
});

describe('what the tools print', () => {
  test.each([
    [V1, '17 1', true],
    [V1, '17 0', false],
    [V1, '17 2', null],
    [V2, '17 1', true],
    [V2, '17 2', false],
    [V2, '17 0', null],
    [V2, '18 1', null],
    [V1, 'event:  RISING EDGE offset: 17', null],
    [V1, '', null],
  ] as const)('an edge of version %j: %s', (tools, text, on) => {
    expect(parseEdge(tools, PLACE, text)).toBe(on);
  });

  test('versions, chips and lines', () => {
    expect(parseMajor('gpioset (libgpiod) v1.6.3\nCopyright')).toBe(1);
    expect(parseMajor('gpioset (libgpiod) v2.2\n')).toBe(2);
    expect(parseMajor('something else')).toBeNull();
    expect(parseChips('gpiochip0 [pinctrl-bcm2711] (58 lines)\ngpiochip1 [a [b]] (1 line)\n')).toEqual([
      { chip: 'gpiochip0', label: 'pinctrl-bcm2711', lines: 58 },
      { chip: 'gpiochip1', label: 'a [b]', lines: 1 },
    ]);
    const info = [
      'gpiochip0 - 58 lines:',
      '\tline   0:     "ID_SDA"       unused   input  active-high ',
      '\tline  17:\tRELAY1          \toutput consumer="RELAY1"',
      '\tline  18:      unnamed "RELAY1" output  active-high [used]',
    ].join('\n');
    expect(parseLines(info, 'RELAY1')).toEqual([17]);
    expect(parseLines(info, 'ID_SDA')).toEqual([0]);
    expect(parseLines(info, 'RELAY')).toEqual([]);
  });
});
