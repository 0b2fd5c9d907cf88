import type { Instruments, Policy } from '@slipstream/domain';

/** What decisions rest on besides state and command: configuration, the same for the life of the process. */
export interface Rules {
  readonly instruments: Instruments;
  readonly policy: Policy;
}
