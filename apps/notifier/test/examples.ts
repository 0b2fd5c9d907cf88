import { readdirSync, readFileSync } from 'node:fs';
import type { AnyRecord, RecordName, Records } from '@slipstream/contracts';

const golden = new URL('../../../libs/contracts/avro/golden/', import.meta.url);

/** Every record there is an example of. */
export const recordNames = readdirSync(golden)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.replace('.json', '') as RecordName);

/** The checked-in examples of a record: a full one, a bare one, and odd ones. */
export function examples<N extends RecordName>(name: N): readonly Records[N][] {
  const plain = JSON.parse(readFileSync(new URL(`${name}.json`, golden), 'utf8')) as object[];
  return plain.map((fields) => ({ type: name, ...fields }) as unknown as Records[N]);
}

/** One example of every record: `{ ...controls.CopyStopped, returned: '500' }`. */
export const controls = Object.fromEntries(recordNames.map((name) => [name, examples(name)[0] as AnyRecord])) as {
  readonly [N in RecordName]: Records[N];
};
