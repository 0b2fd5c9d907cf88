import { main } from './feed/main.js';

const exitCode = await main(process.argv.slice(2), process.env);
// What was told must be out before the process ends; nothing else may keep it alive.
process.stdout.write('', () => process.exit(exitCode));
