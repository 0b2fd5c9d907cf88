import {
  defaultPolicy,
  instrumentTable,
  parseInstruments,
  parsePolicy,
  type Instruments,
  type Policy,
} from '@slipstream/domain';
import { readConfiguredFile } from '@slipstream/streams';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Metadata of instruments from the JSON file that `INSTRUMENTS_FILE` names; without it every instrument has the default.
 * @throws Error naming the file when it can't be used
 */
export const loadInstruments = (environment: Environment): Instruments =>
  readConfiguredFile(environment, 'INSTRUMENTS_FILE', parseInstruments) ?? instrumentTable();

/**
 * Limits and thresholds from the JSON file that `POLICY_FILE` names; without it the defaults.
 * @throws Error naming the file when it can't be used
 */
export const loadPolicy = (environment: Environment): Policy =>
  readConfiguredFile(environment, 'POLICY_FILE', parsePolicy) ?? defaultPolicy;
