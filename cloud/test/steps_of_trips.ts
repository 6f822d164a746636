import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

const EDGE = join(import.meta.dirname, '../../edge/basket');

/** The tests in workerd see no files: what the code of trips writes down is read here. */
export default function setup(project: TestProject): void {
  project.provide('stepsOfTrips', stepsWritten());
}

/** Every step that code of a trip writes down: the third argument of `audit`, also one of two, or a template. */
function stepsWritten(): string[] {
  const files = readdirSync(EDGE).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  return files.flatMap((name) => {
    const calls = readFileSync(join(EDGE, name), 'utf8').matchAll(
      /\baudit\(\s*[^'"`]*?([`'][^;]*?[`'])(?=,|\))/g,
    );
    return [...calls].flatMap(([, what]) =>
      [...(what ?? '').matchAll(/['`]([a-z_]+(?:\$\{\w+\})?)['`]/g)].map((m) => m[1] ?? ''),
    );
  });
}
