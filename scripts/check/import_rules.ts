import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise, type IConfiguration } from 'dependency-cruiser';
import { z } from 'zod';

export const FOLDERS = ['shared', 'edge', 'cloud', 'store-agent', 'hardware', 'scripts', 'test'];

const Result = z.object({
  modules: z.array(z.object({ source: z.string() })),
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) })),
  }),
});
export interface Violation {
  rule: string;
  from: string;
  to: string;
}

/** The modules of these folders and every import that breaks a rule of `.dependency-cruiser.cjs`. */
export async function cruiseFolders(
  root: string,
  baseDir: string,
): Promise<{ modules: number; violations: Violation[] }> {
  const config = z
    .custom<IConfiguration>()
    .parse(createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs')));
  const { forbidden = [], options = {} } = config;
  const cruised = await cruise(
    FOLDERS,
    { ...options, ruleSet: { forbidden }, validate: true, baseDir },
    options.enhancedResolveOptions ?? {},
  );
  const { modules, summary } = Result.parse(cruised.output);
  return {
    modules: modules.filter(({ source }) => FOLDERS.some((folder) => source.startsWith(`${folder}/`))).length,
    violations: summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
  };
}

/** One breach of every rule: rule, file, what the file says. What it imports is planted with it. */
const BREACHES: readonly [string, string, string][] = [
  ['shared-stands-alone', 'shared/a.ts', "import { x } from '../edge/x.ts'; export const y = x;"],
  [
    'shared-knows-no-platform',
    'shared/b.ts',
    "import { readFileSync } from 'node:fs'; export const y = readFileSync;",
  ],
  [
    'shared-knows-no-platform',
    'shared/c.ts',
    "import { env } from 'cloudflare:workers'; export const y = env;",
  ],
  ['services-stand-apart', 'edge/d.ts', "import { x } from '../cloud/x.ts'; export const y = x;"],
  ['services-stand-apart', 'cloud/e.ts', "import type { X } from '../store-agent/x.ts'; export type Y = X;"],
  ['services-stand-apart', 'store-agent/f.tsx', "export * from '../edge/x.ts';"],
  ['workers-know-no-hardware', 'cloud/g.ts', "export const y = await import('../hardware/x.ts');"],
  [
    'hardware-knows-shared-alone',
    'hardware/h.ts',
    "import { x } from '../store-agent/x.ts'; export const y = x;",
  ],
  ['product-needs-no-scripts', 'edge/i.ts', "import { x } from '../scripts/x.ts'; export const y = x;"],
  ['pages-speak-http', 'edge/app/j.tsx', "import { x } from '../x.ts'; export const y = x;"],
  ['no-cycles', 'shared/k.ts', "import { m } from './m.ts'; export const k = () => m;"],
  ['everything-resolves', 'shared/n.ts', "import { x } from './nowhere.ts'; export const y = x;"],
];

/** Rules that did not see the breach that was planted for them: each is a rule that guards nothing. */
export async function blindRules(root: string): Promise<string[]> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sesame-check-')));
  try {
    const plant = (path: string, text: string): void => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), `${text}\n`);
    };
    for (const name of FOLDERS) plant(`${name}/x.ts`, 'export type X = number; export const x = 1;');
    plant('shared/m.ts', "import { k } from './k.ts'; export const m = () => k;");
    for (const [, path, text] of BREACHES) plant(path, text);
    const { violations } = await cruiseFolders(root, folder);
    const seen = new Set(violations.map(({ rule, from }) => `${rule} in ${from}`));
    return BREACHES.map(([rule, path]) => `${rule} in ${path}`).filter((breach) => !seen.has(breach));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
