// The AsyncAPI 3 document: every topic as a channel, its records as messages, and what each service sends and receives.

const text = (description, example) => ({ type: 'string', description, examples: [example] });
const headers = {
  corr: text('Correlation id: the same through all hops of what one input led to.', 'leader-1/41'),
  t0: text(
    'Wall clock, milliseconds, when the input that started it was received at the edge; for latency only.',
    '1716163200123',
  ),
};
const journalHeaders = {
  type: 'object',
  description: 'All header values are UTF-8 text. A journal record counts only if it lies at the offset in `at`.',
  required: ['cause', 'at', 'rules'],
  properties: {
    cause: text('Offset, in the inbox partition of the same number, of the record that is answered.', '1042'),
    csrc: text('Source of that inbox record, where it had one.', 'providers.events/3/977/0/1000'),
    at: text('Offset the writer expects this record to get; at any other offset it counts for nobody.', '977'),
    rules: text('Version of code and configuration that decided.', '0.1.0'),
    ...headers,
  },
};
const commandHeaders = {
  type: 'object',
  description: 'All header values are UTF-8 text.',
  properties: {
    source: text(
      'The log record it follows from: `<topic>/<partition>/<offset>/<firstOrdinal>/<count>`. A reader drops what is not above its mark for that topic and partition. Absent for what comes from outside (HTTP, venues), which carries a request id or a sequence.',
      'providers.events/3/977/0/1000',
    ),
    ...headers,
  },
};
const publicHeaders = { type: 'object', description: 'All header values are UTF-8 text.', properties: headers };
const headersOf = {
  inbox: 'commandHeaders',
  journal: 'journalHeaders',
  public: 'publicHeaders',
  'dead-letters': 'publicHeaders',
};
const kinds = {
  inbox: 'Inbox: many writers, one reading service; one total order per key.',
  journal: 'Journal: one writer, any number of readers, kept for ever.',
  public: 'Public topic: needs no knowledge of the `at` rule.',
  'dead-letters': 'Records that could not be read.',
};

const channelOf = (stream) => ({
  address: stream.topic,
  description: `${kinds[stream.kind]} Keyed by ${stream.key}; partition = murmur2(key) mod ${stream.partitions}.`,
  messages: Object.fromEntries(
    stream.records.map((name) => [name, { $ref: `#/components/messages/${stream.kind}.${name}` }]),
  ),
  bindings: {
    kafka: {
      topic: stream.topic,
      partitions: stream.partitions,
      topicConfiguration: topicConfiguration(stream.config),
    },
  },
});

/** The part of the configuration that the Kafka binding has a name for, as it wants it. */
function topicConfiguration(config) {
  const number = (name) => (config[name] === undefined ? {} : { [name]: Number(config[name]) });
  return {
    ...(config['cleanup.policy'] && { 'cleanup.policy': config['cleanup.policy'].split(',') }),
    ...number('retention.ms'),
    ...number('retention.bytes'),
    ...number('max.message.bytes'),
  };
}

const messageOf = (kind, schema) => ({
  name: schema.name,
  title: schema.name,
  ...(schema.doc && { summary: schema.doc }),
  contentType: 'application/vnd.confluent.avro',
  headers: { $ref: `#/components/schemas/${headersOf[kind]}` },
  payload: { schemaFormat: 'application/vnd.apache.avro;version=1.9.0', schema },
  bindings: { kafka: { schemaIdLocation: 'payload', schemaIdPayloadEncoding: 'confluent' } },
});

function operationsOf(service, { receives, sends }, streams) {
  const refs = (name, records) => records.map((one) => ({ $ref: `#/channels/${name}/messages/${one}` }));
  const operation = (action, name, records) => [
    `${service}.${action}.${name}`,
    {
      action,
      title: `${service} ${action}s ${streams[name].topic}`,
      channel: { $ref: `#/channels/${name}` },
      messages: refs(name, records),
      ...(action === 'receive' && { bindings: { kafka: { groupId: { type: 'string', const: service } } } }),
    },
  ];
  return [
    ...receives.map((name) => operation('receive', name, streams[name].records)),
    ...Object.entries(sends).map(([name, records]) =>
      operation('send', name, records === 'all' ? streams[name].records : records),
    ),
  ];
}

/**
 * @param version of the contracts
 * @param streams streams.ts
 * @param operations operations.ts
 * @param schemas self-contained schemas by record name
 */
export function asyncapi(version, streams, operations, schemas) {
  const messages = Object.values(streams).flatMap((stream) =>
    stream.records.map((name) => [`${stream.kind}.${name}`, messageOf(stream.kind, schemas.get(name))]),
  );
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Slipstream',
      version,
      description:
        'Every topic of Slipstream. A value is one Avro record in the Confluent wire format: a zero byte, the schema id (4 bytes, big endian), the Avro binary. Generated from libs/contracts by `npm run generate`.',
    },
    defaultContentType: 'application/vnd.confluent.avro',
    channels: Object.fromEntries(Object.entries(streams).map(([name, stream]) => [name, channelOf(stream)])),
    operations: Object.fromEntries(
      Object.entries(operations).flatMap(([service, theirs]) => operationsOf(service, theirs, streams)),
    ),
    components: { messages: Object.fromEntries(messages), schemas: { journalHeaders, commandHeaders, publicHeaders } },
  };
}
