import { matchesGlob } from 'node:path';
import { javaMajor } from '../java.mjs';
import { nodeProblem } from '../bootstrap.mjs';
import { resultOf } from './run-stage.ts';
import { parseTestArguments, stages } from './stages.ts';

const [unit] = stages;

describe('npm test', () => {
  test('runs unit, stack and e2e tests in this order; patterns go on to Jest', () => {
    const { stages: all, rest } = parseTestArguments(['libs/domain', '-t', 'money']);
    expect(all.map((stage) => stage.name)).toEqual(['unit', 'stack', 'e2e']);
    expect(rest).toEqual(['libs/domain', '-t', 'money']);
  });

  test('--stage chooses; one that is not there is refused', () => {
    expect(parseTestArguments(['--stage', 'e2e', '--stage=unit']).stages.map((stage) => stage.name)).toEqual([
      'unit',
      'e2e',
    ]);
    expect(() => parseTestArguments(['--stage', 'all'])).toThrow('there are the stages unit, stack, e2e');
  });

  test('every kind of spec belongs to exactly one stage', () => {
    const ignored = new RegExp(unit!.jestOptions[2]!);
    const matches = (path: string, pattern: string): boolean => matchesGlob(path, pattern.replace('<rootDir>/', ''));
    const inStage = (path: string): string[] =>
      stages
        .filter((stage) => (stage === unit ? !ignored.test(path) : matches(path, stage.jestOptions[2]!)))
        .map((stage) => stage.name);
    expect(inStage('libs/a/src/b.spec.ts')).toEqual(['unit']);
    expect(inStage('libs/a/test/b.stack.spec.ts')).toEqual(['stack']);
    expect(inStage('apps/e2e/test/b.e2e.spec.ts')).toEqual(['e2e']);
  });

  test('counts: a file that cannot be loaded is a failure, a Jest without a result too', () => {
    const json = JSON.stringify({
      numPassedTests: 3,
      numFailedTests: 1,
      numPendingTests: 2,
      numTodoTests: 0,
      testResults: [
        { name: 'a.spec.ts', status: 'failed', message: 'wrong', assertionResults: [{ status: 'failed' }] },
        { name: 'b.spec.ts', status: 'failed', message: 'syntax', assertionResults: [] },
        { name: 'c.spec.ts', status: 'passed', message: '', assertionResults: [{ status: 'passed' }] },
      ],
    });
    expect(resultOf(unit!, 1, json, 'log')).toMatchObject({ passed: 3, failed: 2, skipped: 2 });
    expect(resultOf(unit!, null, undefined, 'log').failed).toBe(1);
    expect(
      resultOf(
        unit!,
        1,
        JSON.stringify({ numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] }),
        'log',
      ).failed,
    ).toBe(1);
  });
});

describe('before the dependencies are there', () => {
  test.each([
    ['18.20.0', true],
    ['20.18.3', true],
    ['20.19.0', false],
    ['24.1.0', false],
  ])('Node %s: too old is %s', (version, tooOld) => {
    expect(nodeProblem(version) !== undefined).toBe(tooOld);
  });

  test.each([
    ['openjdk version "17.0.15" 2025-04-15', 17],
    ['java version "1.8.0_292"', 8],
    ['openjdk version "25" 2025-09-16', 25],
    ['something else', undefined],
  ])('%s is Java %s', (output, major) => {
    expect(javaMajor(output)).toBe(major);
  });
});
