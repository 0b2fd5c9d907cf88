import { Codec, createSchemaIds, type UnknownSchema } from '@slipstream/contracts';
import { InvariantBroken, messageOf } from './errors.js';
import { keyOf, type LogRecord, type TopicPartition } from './log.js';
import type { Logger } from './options.js';
import { withPatience } from './patience.js';

/**
 * The codec of this process: ids from the schema registry where there is one, else from the checked-in lock file.
 * @throws Error when the registry can't be reached or refuses a schema
 */
export async function openCodec(registryUrl: string | null | undefined): Promise<Codec> {
  try {
    return new Codec(await createSchemaIds({ registryUrl: registryUrl ?? undefined }));
  } catch (error) {
    throw new Error(`${messageOf(error)}; check SCHEMA_REGISTRY_URL.`, { cause: error });
  }
}

/** A record of a schema this process doesn't know is no rubbish: put aside, it would be lost for its readers. */
export function writtenByNewer(where: string, { schemaId }: UnknownSchema): InvariantBroken {
  return new InvariantBroken(
    `${where} has schema id ${schemaId}, which is unknown here: it was written by a newer release, or with ids of another schema registry. Update this service, or set SCHEMA_REGISTRY_URL as its writer has it.`,
  );
}

interface Learner {
  readonly codec: Codec;
  readonly logger: Logger;
  readonly stopping: () => boolean;
}

/** Makes the schemas of records known before they are decoded; a registry that is away is asked again for a while. */
export function learn(by: Learner, at: TopicPartition, records: readonly LogRecord[]): Promise<void> {
  return withPatience(`The schemas of ${keyOf(at)} can't be asked for`, by, () =>
    by.codec.learn(records.map((record) => record.value)),
  );
}
