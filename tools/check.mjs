// npm run check: see tools/check/main.ts.
import { goOn } from './bootstrap.mjs';

await goOn('check/main.ts');
