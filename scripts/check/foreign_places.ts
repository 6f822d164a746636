import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What belongs to one machine or one network and not into the tree. Each pattern is written so that it does
 * not match itself.
 */
const PLACES: readonly [string, RegExp][] = [
  ['a path of one machine', /(?<![\w.:)}-])\/(?:w[o]rk|f[a]rm|h[o]me|U[s]ers|r[o]ot)\/[\w.-]+/],
  ['a path of one machine', /(?<![\w.:)}-])\/t[m]p\/(?!sesame)[\w.-]+/],
  [
    'a package registry',
    /registry\.(?:n[p]mjs|y[a]rnpkg)\.|(?:n[p]m|p[y]pi)[\w-]*\.(?:[\w-]+\.)*(?:internal|corp|local)\b/,
  ],
  ['a download address in the lock file', /"resolved": "h[t]tps?:/],
];
const BINARY = /\.(?:png|jpe?g|gif|ico|woff2?|wasm|pdf|bin|bytes)$/;

export interface Find {
  file: string;
  line: number;
  what: string;
  text: string;
}

/** Every file that git tracks or would. */
export function treeFiles(root: string): string[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  return [...new Set(listed.split('\0').filter((name) => name !== ''))];
}

export function foreignPlaces(root: string, files: readonly string[]): Find[] {
  return files.filter((file) => !BINARY.test(file)).flatMap((file) => findIn(file, textOf(join(root, file))));
}

export function findIn(file: string, text: string): Find[] {
  return text.split('\n').flatMap((line, i) =>
    PLACES.flatMap(([what, pattern]) => {
      const match = pattern.exec(line);
      return match === null ? [] : [{ file, line: i + 1, what, text: match[0] }];
    }),
  );
}

/** A file that was deleted and not committed yet says nothing. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
