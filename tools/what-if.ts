// npm run what-if: what a copy would have made of a provider's history, by the very rules of the platform, touching nothing.
import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { build } from './build.mjs';

interface Options {
  readonly fills: string;
  readonly provider: string;
  readonly settings?: string;
  readonly total: string;
  readonly capital: string;
  readonly share: string;
  readonly period: 'weekly' | 'monthly';
  readonly json?: true;
}

const options = new Command('what-if')
  .description('What a copy would have made of a provider’s fills: trades, skips, fees and equity. Paper money only.')
  .requiredOption('--fills <file>', 'fills of providers (13-column CSV, as npm start takes it)')
  .requiredOption('--provider <id>', 'whose fills are copied')
  .option('--settings <json>', 'of the copy: JSON, or a file with it; what is missing has its default')
  .option('--total <amount>', 'money put in', '1000')
  .option('--capital <amount>', 'of the provider at the start', '10000')
  .option('--share <ratio>', 'of the profit that the provider takes, as a fraction', '0.1')
  .addOption(new Option('--period <period>', 'when it is settled').choices(['weekly', 'monthly']).default('weekly'))
  .option('--json', 'everything, for programs')
  .parse()
  .opts<Options>();

try {
  await build();
  const { whatIf } = await import('./what-if/run.ts');
  await whatIf({ ...options, settings: settingsText(options.settings) });
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

function settingsText(given: string | undefined): string {
  if (given === undefined) return '{}';
  return given.trimStart().startsWith('{') ? given : readFileSync(given, 'utf8');
}
