import { streams } from '@slipstream/contracts';

/** Where a record lies. */
export interface LogPlace {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

export const inSettlements = (partition: number, offset: number): LogPlace => ({
  topic: streams.settlementsEvents.topic,
  partition,
  offset,
});

export const inAccounts = (partition: number, offset: number): LogPlace => ({
  topic: streams.accountsEvents.topic,
  partition,
  offset,
});
