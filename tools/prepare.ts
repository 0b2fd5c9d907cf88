// Prepares existing servers for the services: topics in Kafka, schemas and one role per service in PostgreSQL.
// What `npm start` does by itself; a deployment runs it once as a job before the services.
//   KAFKA_BROKERS, DATABASE_URL (administrator), DATABASE (slipstream), SERVICE_PASSWORD, TOPIC_PREFIX, REPLICATION_FACTOR
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureTopics } from '@slipstream/streams';
import { prepareDatabase, serviceSchemas } from './embedded/database.ts';

const need = (name: string): string => {
  const value = process.env[name];
  if (value !== undefined && value !== '') return value;
  console.error(`${name} is missing; see tools/prepare.ts for what is expected.`);
  process.exit(1);
};

const brokers = need('KAFKA_BROKERS').split(',');
const adminUrl = need('DATABASE_URL');
const password = need('SERVICE_PASSWORD');
const database = process.env['DATABASE'] ?? 'slipstream';

await ensureTopics(brokers, process.env['TOPIC_PREFIX'] ?? '', Number(process.env['REPLICATION_FACTOR'] ?? '1'));
const folder = await mkdtemp(join(tmpdir(), 'slipstream-prepare-'));
try {
  const passwordFile = join(folder, 'passwords.json');
  const services = [...Object.keys(serviceSchemas), 'api-gateway'];
  await writeFile(passwordFile, JSON.stringify(Object.fromEntries(services.map((service) => [service, password]))), {
    mode: 0o600,
  });
  const { urls } = await prepareDatabase({ adminUrl, database, passwordFile });
  for (const [service, url] of Object.entries(urls)) console.log(`${service}: ${url.replace(/:[^:@]*@/, ':***@')}`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
