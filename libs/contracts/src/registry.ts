import { setTimeout as sleep } from 'node:timers/promises';
import type { SchemaIds } from './codec.js';
import type { RecordName } from './generated/records.js';
import { schemas } from './generated/schemas.js';
import { lockIds } from './lock.js';

/** Attempts for one request to the registry, and the wait before the second; each further wait doubles. */
const attemptsMax = 5;
const firstWaitMs = 100;
const requestMsMax = 5_000;
const requestsAtOnce = 8;
const mediaType = 'application/vnd.schemaregistry.v1+json';
const schemaNotFound = 404;

type Known = { readonly name: RecordName; readonly schema: object };

/**
 * Schema ids of this process: from the schema registry when a URL is given (`SCHEMA_REGISTRY_URL`), else from the
 * checked-in lock file. With a registry every record's current schema is registered before the promise resolves.
 * @throws Error when the registry can't be reached or refuses a schema
 */
export async function createSchemaIds(options: { readonly registryUrl?: string | undefined } = {}): Promise<SchemaIds> {
  if (!options.registryUrl) return lockIds();
  const ids = new RegistryIds(options.registryUrl);
  await ids.register();
  return ids;
}

/** Client of a Confluent-compatible schema registry; subjects by record name (RecordNameStrategy). */
class RegistryIds implements SchemaIds {
  private readonly ours = new Map<RecordName, number>();
  private readonly known = new Map<number, Known>();

  constructor(private readonly url: string) {}

  idOf(name: RecordName): number {
    const id = this.ours.get(name);
    if (id === undefined) throw new Error(`${name} isn't registered`);
    return id;
  }

  schemaOf(id: number): Known | undefined {
    return this.known.get(id);
  }

  async learn(ids: readonly number[]): Promise<void> {
    await inTurns(ids, async (id) => {
      const answer = await this.request('GET', `/schemas/ids/${id}`);
      if (answer === undefined) return;
      const schema = JSON.parse((answer as { schema: string }).schema) as { name?: string; namespace?: string };
      const name = schema.name as RecordName;
      if (schema.namespace === 'slipstream' && Object.hasOwn(schemas, name)) this.known.set(id, { name, schema });
    });
  }

  /** Registers all current schemas; the registry answers with the id it has when it knows one already. */
  async register(): Promise<void> {
    await inTurns(Object.keys(schemas) as RecordName[], async (name) => {
      const body = { schemaType: 'AVRO', schema: JSON.stringify(schemas[name]) };
      const answer = await this.request('POST', `/subjects/slipstream.${name}/versions`, body);
      const id = (answer as { id?: unknown } | undefined)?.id;
      if (typeof id !== 'number') throw new Error(`the schema registry gave no id for ${name}`);
      this.ours.set(name, id);
      this.known.set(id, { name, schema: schemas[name] });
    });
  }

  /** One request with bounded retries; undefined when the registry says that there is no such thing. */
  private async request(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
    let failure = '';
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      if (attempt > 0) await sleep(firstWaitMs * 2 ** (attempt - 1));
      const outcome = await this.attempt(method, path, body);
      if ('answer' in outcome) return outcome.answer;
      failure = outcome.failure;
      if (!outcome.again) break;
    }
    throw new Error(`schema registry, ${method} ${path}: ${failure}`);
  }

  private async attempt(
    method: string,
    path: string,
    body: object | undefined,
  ): Promise<{ answer: unknown } | { failure: string; again: boolean }> {
    try {
      const response = await fetch(new URL(path.slice(1), this.url.replace(/\/*$/, '/')), {
        method,
        headers: { accept: mediaType, ...(body && { 'content-type': mediaType }) },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(requestMsMax),
      });
      if (response.ok) return { answer: await response.json() };
      const text = await response.text();
      if (response.status === schemaNotFound && method === 'GET') return { answer: undefined };
      const again = response.status >= 500 || response.status === 429;
      return { failure: `${response.status} ${text.slice(0, 300)}`, again };
    } catch (cause) {
      const error = cause as Error & { cause?: Error };
      return { failure: error.cause?.message || error.message, again: true };
    }
  }
}

/** Does the work for each item, a few at once. */
async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: requestsAtOnce }, worker));
}
