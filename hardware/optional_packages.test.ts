import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test, vi } from 'vitest';

vi.setConfig({ testTimeout: 240_000 });
const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const REMOVE = new URL('../test/support/without_optional.mjs', import.meta.url).href;
/** node-hid is compiled for many machines and onoff for none: both may be missing from a tree. */
const OPTIONAL = ['node-hid', 'onoff'];

describe('a tree without node-hid and onoff', () => {
  test('compiles: nothing imports them by name, which the compiler would look for', async () => {
    const naming = new RegExp(`(from|import|require|import type)\\s*\\(?\\s*['"](${OPTIONAL.join('|')})['"]`);
    const found: string[] = [];
    for (const folder of ['hardware', 'store-agent', 'scripts', 'shared']) {
      for (const file of await readdir(join(ROOT, folder), { recursive: true })) {
        if (!/\.(ts|tsx|mjs)$/.test(file) || file.includes('node_modules')) continue;
        if (naming.test(await readFile(join(ROOT, folder, file), 'utf8'))) found.push(file);
      }
    }
    expect(found).toEqual([]);
  });

  test('runs: scanners and lines are unavailable, say why, and close', async () => {
    const at = (file: string): string => JSON.stringify(new URL(file, import.meta.url).href);
    const program = `
      import { openHidScanner } from ${at('./hid/driver.ts')};
      import { openGpioOutput } from ${at('./gpio/open_output.ts')};
      const ctx = { now: Date.now, log: () => {} };
      const devices = [
        openHidScanner({}, ctx),
        openGpioOutput({ chip: 'pinctrl-bcm2711', line: 17, failSafe: false, env: { PATH: '/nonexistent' } }, ctx),
      ];
      while (devices.some((one) => one.health().state === 'connecting')) await new Promise((go) => setTimeout(go, 5));
      console.log(JSON.stringify(devices.map((one) => one.health())));
      for (const one of devices) await one.close();
    `;
    // By the environment: the line's own process has to miss the package too.
    const env = { ...process.env, NODE_OPTIONS: `--import ${REMOVE}` };
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], { env });
    const [scanner, line] = JSON.parse(stdout) as { state: string; detail: string }[];
    expect(scanner).toMatchObject({ state: 'unavailable' });
    expect(scanner?.detail).toContain("Cannot find package 'node-hid'");
    expect(line).toMatchObject({ state: 'unavailable' });
    expect(line?.detail).toContain("Cannot find package 'onoff'");
    expect(line?.detail).toContain('the libgpiod tools are not here');
  });

  test('passes the tests of the drivers that would use them', async () => {
    const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
    const files = ['hardware/hid', 'hardware/gpio/onoff_line.test.ts', 'hardware/scanner/decode.test.ts'];
    const { stdout } = await run(
      process.execPath,
      [vitest, 'run', '--project', 'node', '--reporter=json', ...files],
      {
        cwd: ROOT,
        env: { ...process.env, NODE_OPTIONS: `--import ${REMOVE}`, VITEST: undefined },
        maxBuffer: 2 ** 26,
      },
    );
    const report = JSON.parse(stdout.slice(stdout.indexOf('{'))) as Record<string, number | boolean>;
    expect(report['success']).toBe(true);
    expect(report['numPassedTests']).toBeGreaterThan(30);
  });
});
