import { readFile, stat } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';

const TYPES: ReadonlyMap<string, string> = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
  ['.png', 'image/png'],
  ['.json', 'application/json'],
  ['.map', 'application/json'],
  ['.woff2', 'font/woff2'],
  ['.webmanifest', 'application/manifest+json'],
]);

/** Nothing but our own files, and no one may frame the page. */
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** A file of the folder as an answer, or null: only known types, never outside the folder. `encoded` is from the URL. */
export async function staticFile(folder: string, encoded: string): Promise<Response | null> {
  const path = decoded(encoded);
  if (path === null) return null;
  const name = path === '' || path.endsWith('/') ? `${path}index.html` : path;
  const type = TYPES.get(extname(name));
  const root = normalize(folder) + sep;
  const file = join(root, name);
  if (type === undefined || name.includes('\0') || !file.startsWith(root)) return null;
  try {
    if (!(await stat(file)).isFile()) return null;
    return new Response(await readFile(file), {
      headers: { 'content-type': type, 'content-security-policy': CSP, 'cache-control': 'no-cache' },
    });
  } catch {
    return null;
  }
}

function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}
