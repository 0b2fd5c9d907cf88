// npm run what-if: see tools/what-if.ts.
import { goOn } from './bootstrap.mjs';

await goOn('what-if.ts');
