// npm run rebuild: see tools/rebuild.ts.
import { goOn } from './bootstrap.mjs';

await goOn('rebuild.ts', { needsJava: !process.env['KAFKA_BROKERS'] });
