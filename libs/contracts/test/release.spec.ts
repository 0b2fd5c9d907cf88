import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Entry {
  readonly id: number;
  readonly name: string;
  readonly version: number;
  readonly released: boolean;
  readonly schema: { readonly doc?: string; readonly fields: readonly { readonly name: string }[] };
}
interface Schema {
  doc?: string;
  fields: { name: string; type: unknown; default?: unknown; doc?: string }[];
}
const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Each step builds on the one before, on a copy of the library. */
describe('releasing the contracts', () => {
  const copy = mkdtempSync(join(tmpdir(), 'slipstream-release-'));
  const lib = join(copy, 'libs/contracts');
  const lock = (): Entry[] => JSON.parse(readFileSync(join(lib, 'avro/lock.json'), 'utf8')) as Entry[];
  const versions = (name: string): Entry[] => lock().filter((entry) => entry.name === name);
  const run = (tool: string, ...options: string[]): { status: number | null; output: string } => {
    const node = join(root, 'node_modules/.bin/node');
    const { status, stdout, stderr } = spawnSync(node, [join(lib, 'tools', tool), ...options], { encoding: 'utf8' });
    return { status, output: stdout + stderr };
  };
  const change = (name: string, edit: (schema: Schema) => void): void => {
    const file = join(lib, 'avro', `${name}.avsc`);
    const schema = JSON.parse(readFileSync(file, 'utf8')) as Schema;
    edit(schema);
    writeFileSync(file, JSON.stringify(schema, null, 2));
  };
  let before: Entry[];

  beforeAll(() => {
    mkdirSync(join(copy, 'libs'));
    for (const part of ['avro', 'src', 'tools', 'package.json', 'asyncapi.json'])
      cpSync(join(root, 'libs/contracts', part), join(lib, part), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    cpSync(join(root, '.prettierrc.json'), join(copy, '.prettierrc.json'));
    before = lock();
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it('marks every current version and changes no id', () => {
    expect(run('release.mjs').status).toBe(0);
    expect(lock()).toEqual(before.map((entry) => ({ ...entry, released: true })));
    expect(run('generate.mjs', '--check')).toEqual({ status: 0, output: '' });
    expect(run('release.mjs').output).toContain('Nothing new to release');
  }, 60_000);

  it('corrects words without a new version', () => {
    change('DepositFunds', (schema) => (schema.doc = 'Other words'));
    expect(run('generate.mjs').status).toBe(0);
    expect(versions('DepositFunds')).toEqual(before.filter(({ name }) => name === 'DepositFunds').map(released));
  }, 60_000);

  it('gives a changed record the next version and a new id, and keeps the released one', () => {
    change('DepositFunds', (schema) =>
      schema.fields.push({ name: 'note', type: ['null', 'string'], default: null, doc: 'Free text' }),
    );
    expect(run('generate.mjs').status).toBe(0);
    const [last, next] = versions('DepositFunds').slice(-2) as [Entry, Entry];
    expect(last.released).toBe(true);
    expect(next).toMatchObject({ version: last.version + 1, released: false });
    expect(next.id).toBe(Math.max(...before.map(({ id }) => id)) + 1);
    expect(next.schema.fields.map(({ name }) => name)).toContain('note');
    const golden = JSON.parse(readFileSync(join(lib, 'avro/golden/DepositFunds.json'), 'utf8')) as object[];
    expect(golden[0]).toHaveProperty('note');
    expect(run('release.mjs').status).toBe(0);
    expect(versions('DepositFunds').every((entry) => entry.released)).toBe(true);
  }, 60_000);

  it('refuses a change that readers of a released version could not stand', () => {
    change('StopCopying', (schema) => (schema.fields = schema.fields.filter(({ name }) => name !== 'copyId')));
    expect(run('generate.mjs').status).toBe(0);
    const refused = run('release.mjs');
    expect(refused.status).toBe(1);
    expect(refused.output).toContain('StopCopying.copyId: removed, and it had no default');
    expect(versions('StopCopying').at(-1)?.released).toBe(false);
  }, 60_000);
});

const released = (entry: Entry): Entry => ({ ...entry, released: true });
