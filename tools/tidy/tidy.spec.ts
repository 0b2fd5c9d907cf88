import { forbiddenImports, foreignSchemas } from './boundaries.ts';
import { barrels, emptyNames, longFiles, longFunctions, machineTraces, type SourceFile } from './rules.ts';
import { boundaries, repositoryFiles, tidy } from './tidy.ts';

const file = (path: string, text = ''): SourceFile => ({ path, text });
const lines = (count: number): string => 'x;\n'.repeat(count);
const projects = [
  'libs/domain',
  'libs/contracts',
  'libs/streams',
  'libs/testing',
  'apps/copy-engine',
  'apps/settlement',
];

describe('this repository', () => {
  test('services share nothing but topics: no app imports another, no schema is named by another service', async () => {
    expect(await boundaries(await repositoryFiles())).toEqual([]);
  });

  test('is tidy', async () => {
    expect(await tidy()).toEqual([]);
  }, 60_000);
});

describe('imports', () => {
  const refused = (path: string, text: string): string[] => forbiddenImports([file(path, text)], projects);

  test.each([
    ['an app by name', 'apps/settlement/src/book.ts', `import { fold } from '@slipstream/copy-engine';`],
    ['an app by path', 'apps/settlement/src/book.ts', `import { fold } from '../../copy-engine/src/fold.js';`],
    ['an app when it runs', 'apps/settlement/src/book.ts', `await import('@slipstream/copy-engine');`],
    ['an app, types only', 'apps/settlement/src/book.ts', `import type { F } from '@slipstream/copy-engine';`],
    ['an app from a test of another', 'apps/settlement/test/a.spec.ts', `import '../../copy-engine/src/fold.js';`],
    ['an app from a lib', 'libs/streams/src/a.ts', `export { fold } from '@slipstream/copy-engine';`],
    ["a lib's insides", 'apps/settlement/src/book.ts', `import { a } from '../../../libs/domain/src/money.js';`],
    ['test fixtures from sources', 'apps/settlement/src/book.ts', `import { a } from '@slipstream/testing';`],
    ['a lib of a higher floor', 'libs/contracts/src/a.ts', `import { runFold } from '@slipstream/streams';`],
    ['I/O from the domain', 'libs/domain/src/a.ts', `import { readFile } from 'node:fs/promises';`],
    ['a package from the domain', 'libs/domain/src/a.ts', `import { Kafka } from 'kafkajs';`],
    ['values of contracts from the domain', 'libs/domain/src/a.ts', `import { streams } from '@slipstream/contracts';`],
  ])('%s: refused', (_, path, text) => {
    expect(refused(path, text)).toHaveLength(1);
  });

  test.each([
    ['a lib from an app', 'apps/settlement/src/book.ts', `import { a } from '@slipstream/domain';`],
    ['the own files', 'apps/settlement/src/book.ts', `import { a } from './trial-balance.js';`],
    ['types of contracts from the domain', 'libs/domain/src/a.ts', `import type { A } from '@slipstream/contracts';`],
    ['big.js from the domain', 'libs/domain/src/money.ts', `import Big from 'big.js';`],
    [
      'the test servers from the fixtures',
      'libs/testing/src/a.ts',
      `import { a } from '../../../tools/embedded/kafka.ts';`,
    ],
  ])('%s: allowed', (_, path, text) => {
    expect(refused(path, text)).toEqual([]);
  });
});

describe('schemas', () => {
  test('named by another service: refused', () => {
    const sql = file('apps/settlement/src/a.ts', '`SELECT * FROM position_sizer.saved`');
    expect(foreignSchemas([sql])).toHaveLength(1);
  });

  test('the own one, and the read model for those that show it: allowed', () => {
    const own = file('apps/settlement/src/a.ts', '`SELECT * FROM settlement.postings`');
    const shown = file('apps/api-gateway/src/a.ts', '`SELECT * FROM read_model.providers`');
    expect(foreignSchemas([own, shown])).toEqual([]);
  });
});

describe('sizes and names', () => {
  test('a file of 301 lines is too long, of 300 not; a main.ts may have 25', () => {
    expect(longFiles([file('libs/a/src/b.ts', lines(301)), file('libs/a/src/c.ts', lines(300))])).toHaveLength(1);
    expect(longFiles([file('apps/a/src/main.ts', lines(26)), file('apps/b/src/main.ts', lines(25))])).toHaveLength(1);
  });

  test('a function of 71 lines is too long, in sources; tests may describe at length', () => {
    const long = `function f() {\n${lines(69)}}\n`;
    const fitting = `const g = () => {\n${lines(68)}};\n`;
    expect(longFunctions([file('libs/a/src/b.ts', long + fitting)])).toHaveLength(1);
    expect(longFunctions([file('libs/a/src/b.spec.ts', long)])).toEqual([]);
  });

  test('names that say nothing are refused; words that contain them are not', () => {
    expect(emptyNames([file('libs/a/src/order-helper.ts')])).toHaveLength(1);
    expect(emptyNames([file('libs/a/src/b.ts', 'class OrderManager {}\nclass BaseOrder {}')])).toHaveLength(2);
    expect(emptyNames([file('libs/a/src/database.ts', 'class Database {}')])).toEqual([]);
  });

  test('one index.ts per lib, none elsewhere', () => {
    expect(barrels([file('libs/a/src/index.ts'), file('libs/a/src/b.ts')])).toEqual([]);
    expect(barrels([file('libs/a/src/b.ts')])).toHaveLength(1);
    expect(barrels([file('libs/a/src/index.ts'), file('libs/a/src/order/index.ts')])).toHaveLength(1);
  });

  test('paths of a machine and hosts of registries are found', () => {
    const [home, host] = [['', 'home', 'me', 'x'].join('/'), ['registry', 'npmjs', 'org'].join('.')];
    expect(machineTraces([file('a.md', `see ${home}`), file('b.md', `from ${host}`)])).toHaveLength(2);
    expect(machineTraces([file('a.md', 'see https://example.com/home/me and ../work/x')])).toEqual([]);
  });
});
