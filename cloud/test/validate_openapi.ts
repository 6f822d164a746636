import { Validator } from '@seriousme/openapi-schema-validator';
import type { TestProject } from 'vitest/node';
import { createApp } from '../http/app.ts';
import { describe } from '../http/describe.ts';

/** The validator compiles schemas to code, which workerd forbids: it runs here, in Node, before the tests. */
export default async function setup(project: TestProject): Promise<void> {
  const document = JSON.stringify(describe(createApp()));
  const result = await new Validator().validate(JSON.parse(document));
  project.provide('openApiDocument', document);
  project.provide('openApiErrors', result.valid ? [] : [result.errors ?? 'invalid'].flat());
}
