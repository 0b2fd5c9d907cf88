// npm run verify: re-derives from what lies in the topics what the services said, and compares byte for byte.
//   --decisions      journals and outgoing commands of the four deciding services, from their recorded inboxes
//   --provider ID    (repeatable) statistics of a provider, from the journals, by a plain recomputation
//   --ledger         postings, balances, chains of hashes and signed roots of days, from accounts.events by a plain recomputation
// The installation is that of KAFKA_BROKERS, DATABASE_URL and TOPIC_PREFIX, else the one of --data-dir (.slipstream).
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { StartError } from './embedded/common.ts';
import { openInstallation } from './installation.ts';
import type { Verdict } from './verify/decisions.ts';

const differencesShown = 20;

/** @returns the exit code */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      decisions: { type: 'boolean', default: false },
      ledger: { type: 'boolean', default: false },
      provider: { type: 'string', multiple: true, default: [] },
      'data-dir': { type: 'string', default: '.slipstream' },
    },
  });
  const { decisions, ledger, provider: providers } = values;
  if (!decisions && !ledger && providers.length === 0)
    throw new StartError('usage: npm run verify -- --decisions | --provider ID | --ledger [--data-dir FOLDER]');
  await build();
  const brokers = process.env['KAFKA_BROKERS'] ?? '';
  // Decisions need no database.
  if (brokers !== '' && providers.length === 0 && !ledger)
    return await ofDecisions(brokers, process.env['TOPIC_PREFIX'] ?? '');
  const installation = await openInstallation(values['data-dir']);
  try {
    let code = decisions ? await ofDecisions(installation.brokers, installation.prefix) : 0;
    const { verifyProvider } = await import('./verify/provider.ts');
    for (const id of providers) code |= said(await verifyProvider(installation, id));
    if (ledger) {
      const { verifyLedger } = await import('./verify/ledger.ts');
      code |= said(await verifyLedger(installation));
    }
    return code;
  } finally {
    await installation.close();
  }
}

async function ofDecisions(brokers: string, prefix: string): Promise<number> {
  const { verifyDecisions } = await import('./verify/decisions.ts');
  return said(await verifyDecisions(brokers.split(','), prefix));
}

function said({ lines, differences }: Verdict): number {
  for (const line of lines) console.log(line);
  for (const difference of differences.slice(0, differencesShown)) console.error(difference);
  if (differences.length > differencesShown) console.error(`… and ${differences.length - differencesShown} more`);
  return differences.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof StartError ? error.message : error);
  process.exitCode = error instanceof StartError ? 2 : 1;
}
