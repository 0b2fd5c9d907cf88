// npm run rebuild [-- --check] [--data-dir FOLDER]: makes the read model anew from the journals, beside the one in use, and
// swaps the two in one transaction, while everything goes on.
//   --check   compares every row before the swap; a difference leaves everything as it was (exit code 1)
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
  const installation = await openInstallation(values['data-dir']);
  try {
    const startedAtMs = performance.now();
    const result = await rebuild(installation, { check: values.check, tell: (line) => console.log(`  ${line}`) });
    for (const difference of result.differences) console.error(difference);
    if (!result.swapped) {
      console.error('The rebuilt read model differs from the one in use, which was kept.');
      return 1;
    }
    const time = seconds(performance.now() - startedAtMs);
    console.log(`Rebuilt from ${result.records} records in ${time}; writers waited ${seconds(result.heldMs)}.`);
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
