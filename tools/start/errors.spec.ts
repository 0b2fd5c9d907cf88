import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../embedded/common.ts';

const folder = mkdtempSync(join(tmpdir(), 'slipstream-errors-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** `npm start` with what is wrong; existing servers are named, so that nothing embedded starts. */
function start(options: readonly string[], env: NodeJS.ProcessEnv = {}): { code: number | null; errors: string } {
  const nobody = { KAFKA_BROKERS: '127.0.0.1:1', DATABASE_URL: 'postgres://u:secret@127.0.0.1:1/postgres' };
  const args = [join(root, 'tools/start.mjs'), '--data-dir', join(folder, 'data'), '--port', '0', ...options];
  const done = spawnSync(process.execPath, args, {
    env: { ...process.env, NODE_OPTIONS: '', ...nobody, ...env },
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { code: done.status, errors: done.stderr };
}

const oneSentence = (errors: string): void => {
  expect(errors.trim().split('\n')).toHaveLength(1);
  expect(errors).not.toMatch(/\n\s+at /);
};

test('missing Java: what to install, or which variable to set', () => {
  const { code, errors } = start([], { PATH: join(folder, 'empty'), KAFKA_BROKERS: '' });
  expect(code).toBe(1);
  oneSentence(errors);
  expect(errors).toMatch(/Java was not found.*install Java 17 or newer.*KAFKA_BROKERS/);
}, 60_000);

test('a busy port: its number, and --port', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const { code, errors } = start(['--port', String(port)]);
    expect(code).toBe(1);
    oneSentence(errors);
    expect(errors).toMatch(new RegExp(`Port ${port} is used by another program: .*--port`));
  } finally {
    server.close();
  }
}, 60_000);

test('an unreachable KAFKA_BROKERS: the address, and what to do', () => {
  const { code, errors } = start([]);
  expect(code).toBe(1);
  oneSentence(errors);
  expect(errors).toMatch(/No Kafka answers at KAFKA_BROKERS=127.0.0.1:1: .*unset KAFKA_BROKERS/);
}, 60_000);

test('KAFKA_BROKERS that is no address', () => {
  expect(start([], { KAFKA_BROKERS: 'kafka' }).errors).toMatch(/KAFKA_BROKERS=kafka is not host:port/);
}, 60_000);

test('a read-only data folder: which, and --data-dir', () => {
  const closed = mkdtempSync(join(folder, 'closed-'));
  chmodSync(closed, 0o555);
  // Root may write everywhere, but not in what the kernel shows.
  const target = process.getuid?.() === 0 ? '/sys/slipstream' : join(closed, 'data');
  const { code, errors } = start(['--data-dir', target]);
  expect(code).toBe(1);
  oneSentence(errors);
  expect(errors).toMatch(/The data folder .* (not writable|read-only).*--data-dir/);
}, 60_000);

test('fills that are not there, a report that cannot be written, an option that does not exist', () => {
  expect(start(['--fills', 'missing.csv']).errors).toMatch(/--fills missing.csv: there is no such file/);
  expect(start(['--report', join(folder, 'no/where/out.json')]).errors).toMatch(/--report .* can't be written/);
  expect(start(['--bogus']).errors).toMatch(/unknown option '--bogus'/);
}, 60_000);

test('no password is ever shown', () => {
  for (const env of [{}, { KAFKA_BROKERS: '' }]) expect(start([], env).errors).not.toContain('secret');
}, 90_000);
