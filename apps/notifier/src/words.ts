import { decimal, isZero, ledgerAsset, text } from '@slipstream/domain';
import { timestampOf } from './notification.js';

/** A notification in plain English. */
export interface Wording {
  readonly title: string;
  readonly body: string;
}

export const isNothing = (amount: string): boolean => isZero(decimal(amount));
export const money = (amount: string): string => `${text(decimal(amount))} ${ledgerAsset}`;
export const percent = (ratio: string): string => `${text(decimal(ratio).times(decimal('100')))} %`;
export const plain = (code: string): string => code.replaceAll('_', ' ');
export const copiesOf = (count: number): string => (count === 1 ? '1 copy' : `${count} copies`);

/** `2026-01-05 00:00 UTC` */
export const when = (at: number): string => timestampOf(at).replace(/^(.{10})T(.{5}).*Z$/, '$1 $2 UTC');
