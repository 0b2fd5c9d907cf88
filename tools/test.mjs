// npm test: see tools/test/main.ts.
import { goOn } from './bootstrap.mjs';

await goOn('test/main.ts', { needsJava: !process.env['TEST_KAFKA_BROKERS'] });
