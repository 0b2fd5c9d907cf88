import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../embedded/common.ts';
import { forbiddenImports, foreignSchemas } from './boundaries.ts';
import {
  barrels,
  emptyNames,
  longFiles,
  longFunctions,
  machineTraces,
  type Complaint,
  type SourceFile,
} from './rules.ts';

const isText = (path: string): boolean =>
  /\.(ts|mjs|js|json|md|yml|yaml|xml|properties|sh|avsc|sql|csv)$|(^|\/)(mvnw|run|Dockerfile)$/.test(path) &&
  !/package-lock\.json$/.test(path);

/** All text files that are in the repository or would be added to it. */
export async function repositoryFiles(): Promise<SourceFile[]> {
  const { stdout } = await promisify(execFile)('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: root,
    maxBuffer: 64 * 1024 * 1024,
  });
  const paths = stdout.split('\0').filter((path) => path !== '' && isText(path) && existsSync(join(root, path)));
  return await Promise.all(paths.map(async (path) => ({ path, text: await readFile(join(root, path), 'utf8') })));
}

export async function projectFolders(): Promise<string[]> {
  const names = await Promise.all(
    ['libs', 'apps'].map(async (parent) => (await readdir(join(root, parent))).map((name) => `${parent}/${name}`)),
  );
  return names.flat().filter((folder) => existsSync(join(root, folder, 'package.json')));
}

/** What `npm run check` and the tests ask: everything that isn't as it should be. */
export async function tidy(): Promise<Complaint[]> {
  const files = await repositoryFiles();
  return [
    ...longFiles(files),
    ...longFunctions(files),
    ...emptyNames(files),
    ...barrels(files),
    ...machineTraces(files),
    ...(await boundaries(files)),
    ...(await staleGenerated()),
  ];
}

export async function boundaries(files: readonly SourceFile[]): Promise<Complaint[]> {
  return [...forbiddenImports(files, await projectFolders()), ...foreignSchemas(files)];
}

/** Generated code that isn't what its sources give. */
async function staleGenerated(): Promise<Complaint[]> {
  const generate = join(root, 'libs/contracts/tools/generate.mjs');
  try {
    await promisify(execFile)(process.execPath, [generate, '--check'], { cwd: root });
    return [];
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return [`generated code is not up to date (npm run generate): ${`${stdout}${stderr}`.trim().slice(0, 500)}`];
  }
}
