import { defaultPolicy, parsePolicy, type Policy } from '@slipstream/domain';
import { readConfiguredFile } from '@slipstream/streams';

/**
 * Fees and limits from the JSON file that `POLICY_FILE` names, as all services have them; without it the defaults.
 * @throws Error naming the file when it can't be used
 */
export const loadPolicy = (environment: Readonly<Record<string, string | undefined>>): Policy =>
  readConfiguredFile(environment, 'POLICY_FILE', parsePolicy) ?? defaultPolicy;
