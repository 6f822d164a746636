import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Plugin } from 'esbuild';

const WHOLE = "import { z } from 'zod';";
const NAMESPACE = "import * as z from 'zod';";

/**
 * Bundles of zod what is used. Its object `z` holds everything at once, so no bundler can shake it; the
 * module's namespace has the same members and can be shaken. Its messages come in fifty languages, of
 * which the English ones are ours: every other text that a person reads is the pages' own.
 */
export const slimZod: Plugin = {
  name: 'slim zod',
  setup: (setup) => {
    setup.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
      loader: 'js',
    }));
    setup.onLoad({ filter: /\.tsx?$/ }, async ({ path }) => {
      if (/[\\/]node_modules[\\/]/.test(path)) return null;
      const source = await readFile(path, 'utf8');
      if (!source.includes(WHOLE)) return null;
      return { contents: source.replace(WHOLE, NAMESPACE), loader: extname(path) === '.tsx' ? 'tsx' : 'ts' };
    });
  },
};
