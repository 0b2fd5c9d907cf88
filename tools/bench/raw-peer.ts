// What is compared with: a bare kafkajs that consumes provider orders and produces one Avro record per follower.
// No state but the followers, no journal, no marks, nothing saved. One process; batches of 5,000, acks all.
import avro from 'avsc';
import BigJs from 'big.js';
import kafkajs from 'kafkajs';
import { accountOf } from './plan.ts';
import type { RawOrder } from './raw.ts';

const [brokers = '', prefix = '', followers = '0'] = process.argv.slice(2);
const batchMax = 5_000;

const Big = BigJs();
Big.DP = 6;
Big.RM = BigJs.roundDown;

/** The command: as many fields as an order needs, money as text. */
const texts = ['commandId', 'copyId', 'followerId', 'providerId', 'orderId', 'symbol', 'side', 'price', 'quantity'];
const type = avro.Type.forSchema({
  type: 'record',
  name: 'OrderCommand',
  fields: [
    ...texts.map((name) => ({ name, type: 'string' })),
    { name: 'sequence', type: 'int' },
    { name: 'at', type: 'long' },
  ],
});

const copies = Array.from({ length: Number(followers) }, (_, i) => {
  const followerId = accountOf(i + 1);
  return { followerId, copyId: `${followerId}~crowd~1`, amount: new Big('50') };
});

const kafka = new kafkajs.Kafka({
  brokers: brokers.split(','),
  clientId: 'bench-raw',
  logLevel: kafkajs.logLevel.ERROR,
});
const producer = kafka.producer({ idempotent: true });
const consumer = kafka.consumer({ groupId: `${prefix}raw` });

async function fanOut(order: RawOrder): Promise<void> {
  const price = new Big(order.price);
  const at = Date.now();
  let messages: { key: string; value: Buffer }[] = [];
  const flush = async (): Promise<void> => {
    await producer.send({ topic: `${prefix}raw.commands`, messages, acks: -1 });
    messages = [];
  };
  for (const { followerId, copyId, amount } of copies) {
    const command = {
      commandId: `${order.providerId}/${order.orderId}/${copyId}`,
      copyId,
      followerId,
      providerId: order.providerId,
      orderId: order.orderId,
      symbol: order.symbol,
      side: order.side,
      price: order.price,
      quantity: amount.div(price).toFixed(6),
      sequence: order.sequence,
      at,
    };
    messages.push({ key: followerId, value: type.toBuffer(command) });
    if (messages.length === batchMax) await flush();
  }
  if (messages.length > 0) await flush();
}

await producer.connect();
await consumer.connect();
await consumer.subscribe({ topic: `${prefix}raw.orders`, fromBeginning: true });
await consumer.run({
  eachBatch: async (payload) => {
    for (const message of payload.batch.messages) {
      await fanOut(JSON.parse(String(message.value)) as RawOrder);
      payload.resolveOffset(message.offset);
      await payload.heartbeat();
    }
  },
});
console.log(JSON.stringify({ msg: 'listening', service: 'rawKafkajs' }));
process.on('SIGTERM', () => process.exit(0));
