// Prints "N passed, N failed" from vitest's JSON report; exits 1 unless every test ran and passed.
import { readFileSync } from 'node:fs';

// Full names of tests that may be skipped, each with its reason beside it.
const allowedSkips = new Set([]);

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const tests = report.testResults.flatMap((file) => file.assertionResults);
const passed = tests.filter((test) => test.status === 'passed').length;
// A server that no package has and that is not on this machine: the test says so (test/support/servers/programs.ts).
const missing = tests.filter((test) => test.status === 'skipped' && typeof test.meta?.missing === 'string');
const faulty = tests.filter(
  (test) => test.status !== 'passed' && !allowedSkips.has(test.fullName) && !missing.includes(test),
);
const broken = report.testResults.filter(
  (file) =>
    file.assertionResults.length === 0 ||
    (file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed')),
);

for (const test of faulty) console.error(`${test.status}: ${test.fullName}`);
for (const file of broken) console.error(`no result: ${file.name}`);
if (missing.length > 0)
  console.error(
    `skipped: ${missing.length} tests, for want of ${[...new Set(missing.map((test) => test.meta.missing))].join(', ')}`,
  );
if (passed === 0) console.error('no test ran');

const found = faulty.length + broken.length;
// Errors outside any test make the run fail without a failed test.
const failed = found === 0 && (passed === 0 || !report.success) ? 1 : found;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
