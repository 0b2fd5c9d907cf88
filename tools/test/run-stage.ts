import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../embedded/common.ts';
import type { Stage } from './stages.ts';

export interface StageResult {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Messages of what failed, as they are to be shown. */
  readonly failures: readonly string[];
}

interface JestResults {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/** Runs one stage; Jest's whole output goes to `test-results/<stage>.log`. */
export async function runStage(
  stage: Stage,
  rest: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<StageResult> {
  const json = join(root, 'test-results', `${stage.name}.json`);
  const log = createWriteStream(join(root, 'test-results', `${stage.name}.log`));
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  const own = ['--passWithNoTests', '--forceExit', '--json', `--outputFile=${json}`];
  const child = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      jest,
      ...own,
      ...stage.jestOptions,
      '--',
      ...rest,
    ],
    { cwd: root, env, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  child.stderr.pipe(log);
  const stop = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop);
  const code = await new Promise<number | null>((done) => {
    child.once('error', () => done(null));
    child.once('close', (exitCode) => done(exitCode));
  });
  signal.removeEventListener('abort', stop);
  return resultOf(stage, code, await readFile(json, 'utf8').catch(() => undefined), log.path.toString());
}

/** Counts and messages from Jest's own JSON; a run that gave none has failed as a whole. */
export function resultOf(stage: Stage, code: number | null, json: string | undefined, log: string): StageResult {
  if (json === undefined) {
    return {
      passed: 0,
      failed: 1,
      skipped: 0,
      failures: [`${stage.name}: Jest gave no result (exit code ${code}); see ${log}`],
    };
  }
  const results = JSON.parse(json) as JestResults;
  const broken = results.testResults.filter((file) => file.status === 'failed');
  // A file that can't be loaded has no failed test of its own: it counts as one.
  const unloadable = broken.filter((file) => !file.assertionResults.some((test) => test.status === 'failed')).length;
  const failed = results.numFailedTests + unloadable;
  const failures = broken.map((file) => `${file.name.replace(`${root}/`, '')}\n${file.message}`);
  const unexplained = failed === 0 && code !== 0;
  return {
    passed: results.numPassedTests,
    failed: unexplained ? 1 : failed,
    skipped: results.numPendingTests + results.numTodoTests,
    failures: unexplained ? [`${stage.name}: Jest ended with exit code ${code}; see ${log}`] : failures,
  };
}
