import { expect, test } from 'vitest';
import { countTests, summary } from './count_tests.ts';

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((one) => ({ status: one })),
});
const report = (...testResults: object[]) => ({ testResults });

test('tests are counted over all files', () => {
  const counts = countTests(
    report(
      file('passed', 'passed', 'passed', 'skipped'),
      file('failed', 'passed', 'failed'),
      file('passed', 'todo'),
    ),
    1,
  );
  expect(counts).toEqual({ passed: 3, failed: 1, skipped: 2 });
  expect(summary(counts)).toBe('3 passed, 1 failed, 2 skipped');
});

test('a file that cannot be loaded is a failure', () => {
  expect(countTests(report(file('passed', 'passed'), file('failed')), 1)).toEqual({
    passed: 1,
    failed: 1,
    skipped: 0,
  });
});

test('an exit code that no test accounts for is a failure, and is not counted twice', () => {
  expect(countTests(report(file('passed', 'passed')), 1)).toEqual({ passed: 1, failed: 1, skipped: 0 });
  expect(countTests(report(file('failed', 'failed')), 1)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

test('the line of a clean run', () => {
  expect(summary(countTests(report(file('passed', 'passed')), 0))).toBe('1 passed, 0 failed');
});
