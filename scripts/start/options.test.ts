import { describe, expect, test } from 'vitest';
import { DEFAULT_PORTS, parseStartOptions, type StartOptions } from './options.ts';

const DEFAULTS: StartOptions = {
  data: '.data',
  ports: DEFAULT_PORTS,
  floorPort: null,
  reader: null,
  printer: null,
  json: false,
};

const message = (args: string[]): string => {
  const parsed = parseStartOptions(args);
  if (parsed.ok || parsed.error.kind !== 'wrong') throw new Error(`accepted: ${args.join(' ')}`);
  return parsed.error.message;
};

describe('the options of npm start', () => {
  test('nothing given: the documented defaults', () => {
    expect(parseStartOptions([])).toEqual({ ok: true, value: DEFAULTS });
    expect(DEFAULT_PORTS).toEqual({
      edge: 8787,
      cloud: 8788,
      agent: 7070,
      mqtt: 1883,
      llrp: 5084,
      printer: 9100,
    });
  });

  test('every option is read, with a space or an equals sign', () => {
    const args =
      '--data here --edge-port 1 --cloud-port=2 --agent-port 3 --mqtt-port 4 --llrp-port 5 --printer-port 0 --floor-port 7 --json';
    expect(parseStartOptions(args.split(' '))).toEqual({
      ok: true,
      value: {
        ...DEFAULTS,
        data: 'here',
        ports: { edge: 1, cloud: 2, agent: 3, mqtt: 4, llrp: 5, printer: 0 },
        floorPort: 7,
        json: true,
      },
    });
  });

  test('real devices by address, each with its protocol and default port', () => {
    expect(
      parseStartOptions(['--reader', 'llrp://10.0.0.5', '--printer', 'tcp://printer.local:9101']),
    ).toEqual({
      ok: true,
      value: {
        ...DEFAULTS,
        reader: { host: '10.0.0.5', port: 5084 },
        printer: { host: 'printer.local', port: 9101 },
      },
    });
    const six = parseStartOptions(['--printer', 'tcp://[::1]:9100']);
    expect(six.ok && six.value.printer).toEqual({ host: '::1', port: 9100 });
  });

  test.each(['http://10.0.0.5', 'llrp://', 'llrp://a/b', 'llrp://a:0', '10.0.0.5:5084'])(
    '%s is no reader',
    (given) => {
      expect(message(['--reader', given])).toContain('--reader');
    },
  );

  test.each(['-1', '65536', '80a', '', '1e3', ' 80'])('"%s" is no port', (given) => {
    expect(message([`--edge-port=${given}`])).toContain('--edge-port');
  });

  test('an unknown option, a stray word and a missing value are refused by name', () => {
    expect(message(['--edge-prt', '1'])).toContain('--edge-prt');
    expect(message(['stray'])).toContain('stray');
    expect(message(['--data'])).toContain('--data');
    expect(message(['--data='])).toContain('--data');
  });

  test('one port for two services is refused, any number of zeros is not', () => {
    expect(message(['--edge-port', '7070'])).toBe('--edge-port and --agent-port are the same');
    expect(message(['--floor-port', '8787'])).toContain('--floor-port');
    expect(parseStartOptions(['--edge-port', '0', '--cloud-port', '0', '--floor-port', '0']).ok).toBe(true);
  });

  test('--help is told apart from a mistake', () => {
    expect(parseStartOptions(['--help'])).toEqual({ ok: false, error: { kind: 'help' } });
  });
});
