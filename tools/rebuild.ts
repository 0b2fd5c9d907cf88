// npm run rebuild [-- --check] [--data-dir FOLDER]: makes the read model, then the feeds of the notifier, anew from the
// journals, beside those in use, and puts each in its place in one transaction, while everything goes on.
//   --check   compares every row before; a difference leaves what is in use as it was (exit code 1)
// The installation is that of KAFKA_BROKERS and DATABASE_URL, else the one of the data folder (.slipstream), running or not.
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { StartError } from './embedded/common.ts';
import { openInstallation } from './installation.ts';
import { seconds } from './start/steps.ts';

/** @returns the exit code */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { check: { type: 'boolean', default: false }, 'data-dir': { type: 'string', default: '.slipstream' } },
  });
  await build();
  const { rebuild } = await import('./rebuild/rebuild.ts');
  const { rebuildFeeds } = await import('./rebuild/feeds.ts');
  const installation = await openInstallation(values['data-dir']);
  try {
    for (const [what, make] of [
      ['read model', rebuild],
      ['feeds', rebuildFeeds],
    ] as const) {
      const startedAtMs = performance.now();
      const result = await make(installation, { check: values.check, tell: (line) => console.log(`  ${line}`) });
      if (result === null) continue;
      for (const difference of result.differences) console.error(difference);
      if (!result.swapped) {
        console.error(`What was rebuilt (${what}) differs from what is in use, which was kept.`);
        return 1;
      }
      const time = seconds(performance.now() - startedAtMs);
      const held = seconds(result.heldMs);
      console.log(`Rebuilt from ${result.records} records in ${time}, ${what}; writers waited ${held}.`);
    }
    return 0;
  } finally {
    await installation.close();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof StartError ? error.message : error);
  process.exitCode = 1;
}
