import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { foreignPlaces, treeFiles } from './check/foreign_places.ts';
import { blindRules, cruiseFolders } from './check/import_rules.ts';

// npm run check: types, lint and format, import rules, dead code, foreign places.
const root = dirname(import.meta.dirname);

interface Outcome {
  failed: boolean;
  output: string;
}

const steps: [string, () => Promise<Outcome>][] = [
  ['types', () => tool('tsc', ['-b'])],
  [
    'lint and format',
    () =>
      tool('biome', [
        'ci',
        '--colors=off',
        '--error-on-warnings',
        '--diagnostic-level=warn',
        '--reporter=summary',
        '.',
      ]),
  ],
  ['import rules', importRules],
  ['dead code', () => tool('knip', ['--no-progress'])],
  ['foreign places', places],
];

const began = performance.now();
const outcomes = await Promise.all(
  steps.map(async ([name, run]) => {
    const start = performance.now();
    const { failed, output } = await run();
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    return { name, failed, output, line: `${failed ? 'failed' : 'passed'}  ${name} (${seconds} s)` };
  }),
);
for (const { name, failed, output } of outcomes)
  if (failed) process.stdout.write(`\n── ${name}\n${output.trim()}\n`);
const failed = outcomes.filter((outcome) => outcome.failed).length;
process.stdout.write(`\n${outcomes.map(({ line }) => line).join('\n')}\n`);
process.stdout.write(`checked in ${((performance.now() - began) / 1000).toFixed(1)} s\n`);
process.stdout.write(`${outcomes.length - failed} passed, ${failed} failed\n`);
process.exit(failed === 0 ? 0 : 1);

/** A program of node_modules; what it says is shown only when it fails. */
function tool(program: string, args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const windows = process.platform === 'win32';
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], shell: windows });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => (output += String(chunk)));
    child.once('error', (error) => resolve({ failed: true, output: error.message }));
    child.once('close', (code) => resolve({ failed: code !== 0, output }));
  });
}

async function importRules(): Promise<Outcome> {
  const [{ modules, violations }, blind] = [await cruiseFolders(root, root), await blindRules(root)];
  const output = [
    ...(modules === 0 ? ['no module was read'] : []),
    ...violations.map(({ rule, from, to }) => `${rule}: ${from} imports ${to}`),
    ...blind.map((breach) => `the rule does not see a planted breach: ${breach}`),
  ];
  return { failed: output.length > 0, output: output.join('\n') };
}

async function places(): Promise<Outcome> {
  const files = treeFiles(root);
  const finds = foreignPlaces(root, files).map(
    ({ file, line, what, text }) => `${file}:${line}: ${what}: ${text}`,
  );
  if (files.length === 0) finds.push('git lists no file');
  return { failed: finds.length > 0, output: finds.join('\n') };
}
