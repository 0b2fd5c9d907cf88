import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { loadServiceConfig } from '@slipstream/streams';
import { root } from '../embedded/common.ts';
import { roleName, serviceSchemas } from '../embedded/database.ts';
import { serviceNames } from './services.ts';

interface Container {
  readonly command?: readonly string[];
  readonly ports?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: object;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

// The parser that @asyncapi/parser brings: nothing else here reads YAML.
const { load } = createRequire(createRequire(import.meta.url).resolve('@asyncapi/parser'))('js-yaml') as {
  load(text: string): unknown;
};
const { services: containers } = load(readFileSync(join(root, 'docker-compose.yml'), 'utf8')) as {
  services: Readonly<Record<string, Container>>;
};

test('the same topology as npm start: broker, database and the seven services', () => {
  expect(Object.keys(containers)).toEqual(expect.arrayContaining(['kafka', 'postgres', ...serviceNames]));
  for (const container of Object.values(containers)) {
    for (const dependency of Object.keys(container.depends_on ?? {})) expect(containers).toHaveProperty(dependency);
  }
});

test.each(serviceNames)('%s is started by its entry, with an environment it accepts and a role of its own', (name) => {
  const { command, environment, healthcheck } = containers[name]!;
  expect(command).toEqual(['node', `apps/${name}/dist/main.js`]);
  expect(healthcheck).toBeDefined();
  const plain = Object.fromEntries(
    Object.entries(environment!).map(([key, value]) => [key, String(value).replace(/\$\{\w+:-(\w+)\}/g, '$1')]),
  );
  const config = loadServiceConfig(plain, name);
  expect(config.brokers).toEqual(['kafka:9092']);
  expect(new URL(config.databaseUrl).username).toBe(roleName('slipstream', name));
});

test('nothing is published but API, ledger and feeds, on loopback, at the ports of npm start', () => {
  const published = Object.entries(containers).flatMap(([name, { ports = [] }]) => ports.map((port) => [name, port]));
  expect(published).toEqual([
    ['settlement', '127.0.0.1:3001:3000'],
    ['notifier', '127.0.0.1:3002:3000'],
    ['api-gateway', '127.0.0.1:3000:3000'],
  ]);
});

test('every schema has its service', () => {
  expect(Object.keys(serviceSchemas).every((name) => name in containers)).toBe(true);
});
