import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './platform.js';

/** The folder of real fills and expected totals, beside the project or where SLIPSTREAM_DATA says. */
export const dataFolder = process.env['SLIPSTREAM_DATA'] ?? join(root, '../shared/data');

/** `describe` for tests that need that folder; says so in one line where it isn't there. */
export const describeWithData: typeof describe = existsSync(join(dataFolder, 'leader-fills.csv'))
  ? describe
  : describe.skip;
if (describeWithData !== describe) {
  process.stderr.write(`skipped: ${dataFolder} isn't there (set SLIPSTREAM_DATA)\n`);
}
