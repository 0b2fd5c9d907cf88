// npm run verify: re-derives what the services said from what lies in the topics, and compares byte for byte.
//   --decisions   journals and outgoing commands of the three deciding services, from their recorded inboxes
// KAFKA_BROKERS and TOPIC_PREFIX name the installation.
import { parseArgs } from 'node:util';
import { verifyDecisions } from './verify/decisions.ts';

const { values } = parseArgs({ options: { decisions: { type: 'boolean', default: false } } });
const brokers = process.env['KAFKA_BROKERS'];
if (!values.decisions || brokers === undefined || brokers === '') {
  console.error('usage: KAFKA_BROKERS=host:port [TOPIC_PREFIX=…] npm run verify -- --decisions');
  process.exit(2);
}
const result = await verifyDecisions(brokers.split(','), process.env['TOPIC_PREFIX'] ?? '');
for (const line of result.lines) console.log(line);
for (const difference of result.differences.slice(0, 20)) console.error(difference);
if (result.differences.length > 20) console.error(`… and ${result.differences.length - 20} more`);
process.exitCode = result.differences.length === 0 ? 0 : 1;
