// npm run verify: see tools/verify.ts.
import { goOn } from './bootstrap.mjs';

await goOn('verify.ts');
