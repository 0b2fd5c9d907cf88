// Compiles the TypeScript of one project, or of all, from src to dist with SWC. Types are checked by `npm run check`.
//   node tools/build.mjs [libs/domain apps/copy-engine …]
import { transformFile } from '@swc/core';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** What SWC is told; Jest uses the same (jest.config.mjs). */
export const swcOptions = {
  jsc: {
    target: 'es2023',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
  },
  module: { type: 'es6' },
  swcrc: false,
  configFile: false,
};

/** Folders of all projects, relative to the root, that have sources. */
export async function projects() {
  const folders = await Promise.all(
    ['libs', 'apps'].map(async (parent) =>
      (await readdir(join(root, parent), { withFileTypes: true }))
        .filter((entry) => entry.isDirectory() && existsSync(join(root, parent, entry.name, 'src')))
        .map((entry) => `${parent}/${entry.name}`),
    ),
  );
  return folders.flat().sort();
}

/**
 * Builds the projects whose sources are not those of the last build.
 * @param {readonly string[]} [wanted] folders; all when left out
 * @returns {Promise<{built: string[], files: number}>}
 */
export async function build(wanted) {
  const result = { built: [], files: 0 };
  for (const project of wanted ?? (await projects())) {
    const files = await buildProject(project);
    if (files > 0) result.built.push(project);
    result.files += files;
  }
  return result;
}

async function buildProject(project) {
  const source = join(root, project, 'src');
  const target = join(root, project, 'dist');
  const stampFile = join(target, '.stamp');
  const files = await listSources(source);
  const stamp = await stampOf(source, files);
  if ((await readFile(stampFile, 'utf8').catch(() => '')) === stamp) return 0;
  await rm(stampFile, { force: true });
  await mkdir(target, { recursive: true });
  await Promise.all(files.map((file) => compile(source, target, file)));
  await removeOrphans(target, files);
  await writeFile(stampFile, stamp);
  return files.length;
}

async function listSources(source) {
  const entries = await readdir(source, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.ts$/.test(entry.name) && !/\.(spec|d)\.ts$/.test(entry.name))
    .map((entry) => relative(source, join(entry.parentPath, entry.name)))
    .sort();
}

/** Of names, sizes and times, and of this very script: cheap enough to ask at each start. */
async function stampOf(source, files) {
  const hash = createHash('sha256').update(await readFile(fileURLToPath(import.meta.url)));
  for (const file of files) {
    const { size, mtimeMs } = await stat(join(source, file));
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

async function compile(source, target, file) {
  const output = join(target, file.replace(/\.ts$/, '.js'));
  const name = output.split(/[\\/]/).at(-1);
  const { code, map } = await transformFile(join(source, file), {
    ...swcOptions,
    sourceMaps: true,
    sourceFileName: relative(dirname(output), join(source, file)),
  });
  await mkdir(dirname(output), { recursive: true });
  await writeFile(`${output}.map`, map);
  await writeFile(output, `${code}\n//# sourceMappingURL=${name}.map\n`);
}

/** Outputs whose source is gone. */
async function removeOrphans(target, files) {
  const wanted = new Set(files.flatMap((file) => [file.replace(/\.ts$/, '.js'), file.replace(/\.ts$/, '.js.map')]));
  for (const entry of await readdir(target, { recursive: true, withFileTypes: true })) {
    const file = relative(target, join(entry.parentPath, entry.name));
    if (entry.isFile() && /\.js(\.map)?$/.test(entry.name) && !wanted.has(file)) await rm(join(target, file));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const wanted = process.argv.slice(2);
  const startedAt = Date.now();
  const { built, files } = await build(wanted.length > 0 ? wanted : undefined);
  const what = built.length === 0 ? 'nothing to build' : `${files} files of ${built.join(', ')}`;
  console.log(`${what} (${Date.now() - startedAt} ms)`);
}
