import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyDataFolder, endLeftovers, noteChildren, requireOwnFolder, takeDataFolder } from './data-folder.ts';
import { LogFile } from './log-file.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'slipstream-folder-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a new folder is made, marked as ours and locked; released it can be taken again', async () => {
  const inner = join(folder, 'a/b');
  const taken = await takeDataFolder(inner);
  await requireOwnFolder(inner);
  expect(readFileSync(join(inner, 'lock'), 'utf8')).toBe(String(process.pid));
  await taken.release();
  await (await takeDataFolder(inner)).release();
});

test('two stacks cannot share a folder: the second names the process that has it', async () => {
  const holder = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { stdio: 'ignore' });
  try {
    writeFileSync(join(folder, 'lock'), String(holder.pid));
    await expect(takeDataFolder(folder)).rejects.toThrow(`used by another npm start (process ${holder.pid})`);
  } finally {
    holder.kill();
  }
});

test('the lock of a dead process is taken over', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  writeFileSync(join(folder, 'lock'), String(pid));
  await (await takeDataFolder(folder)).release();
  expect(existsSync(join(folder, 'lock'))).toBe(false);
});

test('--fresh empties a folder of ours and nothing else', async () => {
  await takeDataFolder(folder);
  writeFileSync(join(folder, 'feed.json'), '{}');
  await emptyDataFolder(folder);
  expect(existsSync(join(folder, 'feed.json'))).toBe(false);
  await requireOwnFolder(folder);
});

test("a folder with somebody's files is neither emptied nor used", async () => {
  writeFileSync(join(folder, 'thesis.txt'), 'x');
  await takeDataFolder(folder);
  await expect(emptyDataFolder(folder)).rejects.toThrow('carries other files');
  await expect(requireOwnFolder(folder)).rejects.toThrow('choose another with --data-dir');
  expect(existsSync(join(folder, 'thesis.txt'))).toBe(true);
});

test('a full disk and a path that is no folder: one sentence each', async () => {
  await expect(takeDataFolder(folder, 2 ** 60)).rejects.toThrow(/disk of .* is full .* make room/);
  writeFileSync(join(folder, 'file'), '');
  await expect(takeDataFolder(join(folder, 'file'))).rejects.toThrow(/is not a folder: .*--data-dir/);
});

test('what a killed start left running is ended, by its command line, and nobody else', async () => {
  const script = ['-e', 'setTimeout(() => {}, 60000)', '--'];
  const left = spawn(process.execPath, [...script, folder], { stdio: 'ignore' });
  const other = spawn(process.execPath, [...script, 'elsewhere'], { stdio: 'ignore' });
  const ended = new Promise((resolve) => left.once('exit', resolve));
  await noteChildren(folder, [left.pid!, other.pid!]);
  await endLeftovers(folder);
  await ended;
  expect(other.exitCode ?? other.signalCode).toBeNull();
  other.kill();
});

test('a log file starts empty and is bounded: the older half is kept beside it', async () => {
  const path = join(folder, 'service.log');
  writeFileSync(path, 'old\n');
  const log = new LogFile(path, 100);
  for (let n = 0; n < 12; n++) log.write(`line ${n} ${'x'.repeat(12)}`);
  log.close();
  expect(readFileSync(path, 'utf8') + readFileSync(`${path}.1`, 'utf8')).not.toContain('old');
  expect(readFileSync(path, 'utf8').length).toBeLessThanOrEqual(130);
  expect(log.lastLines(1)).toContain('line 11');
});
