// npm start: see tools/start/main.ts.
import { goOn } from './bootstrap.mjs';

const helpOnly = process.argv.includes('--help') || process.argv.includes('-h');
await goOn('start/main.ts', { needsJava: !helpOnly });
