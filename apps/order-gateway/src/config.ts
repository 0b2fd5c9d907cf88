import { decimal, instrumentTable, parseInstruments, type Decimal, type Instruments } from '@slipstream/domain';
import { readConfiguredFile } from '@slipstream/streams';
import { z } from 'zod';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Metadata of instruments from the JSON file that `INSTRUMENTS_FILE` names; without it every instrument has the default.
 * @throws Error naming the file when it can't be used
 */
export const loadInstruments = (environment: Environment): Instruments =>
  readConfiguredFile(environment, 'INSTRUMENTS_FILE', parseInstruments) ?? instrumentTable();

const basisPoints = z
  .string()
  .regex(/^\d{1,4}(\.\d{1,4})?$/)
  .default('0');

/**
 * Slippage of the paper venue in basis points, `SLIPPAGE_BP`; 0 without it.
 * @throws Error when it isn't a number from 0 to 9999
 */
export function loadSlippage(environment: Environment): Decimal {
  const parsed = basisPoints.safeParse(environment['SLIPPAGE_BP'] === '' ? undefined : environment['SLIPPAGE_BP']);
  if (!parsed.success) throw new Error('SLIPPAGE_BP is not a number of basis points from 0 to 9999.');
  return decimal(parsed.data);
}
