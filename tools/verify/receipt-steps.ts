// Receipts and months worked out anew, by plain arithmetic from their own figures.
import { chargeProofOf, receiptProofOf, type SettlementRow, type SubscriptionChargeRow } from '@slipstream/read-model';
import { num, said, zero, type Num } from './naive-numbers.ts';

const max0 = (value: Num): Num => (value.lt(0) ? zero : value);
const amount = (value: Num): Num => value.round(8, 2);

/** Figures of a receipt that don't follow from those above them. */
export function wrongSteps(row: SettlementRow): string[] {
  const of = (name: keyof SettlementRow): Num => num(String(row[name]));
  const owed = of('dueBefore').plus(of('accrued'));
  const gross = owed.lt(of('available')) ? owed : of('available');
  const again: Partial<Record<keyof SettlementRow, Num>> = {
    equityBefore: of('equityOpening').plus(of('deposits')).minus(of('withdrawals')).plus(of('pnl')),
    gapBefore: of('gapOpening').minus(of('pnl')).minus(of('gapWithdrawn')),
    newProfit: max0(zero.minus(of('gapBefore'))),
    gapAfter: max0(of('gapBefore')),
    accrued: amount(of('newProfit').times(of('profitShareRatio'))),
    providerGross: gross,
    dueAfter: owed.minus(of('providerGross')),
    platformFee: amount(of('providerGross').times(of('platformFeeRatio'))),
    providerNet: of('providerGross').minus(of('platformFee')),
    equityAfter: of('equityBefore').minus(of('providerGross')),
  };
  const wrong = Object.entries(again).flatMap(([name, value]) => {
    const shown = of(name as keyof SettlementRow);
    return shown.eq(value)
      ? []
      : [`settlement ${row.settlementId}.${name}: ${said(shown)} shown, ${said(value)} recomputed`];
  });
  const hash = receiptProofOf(row);
  if (hash !== row.hash) wrong.push(`hash of settlement ${row.settlementId}: ${row.hash} shown, ${hash} recomputed`);
  return wrong;
}

/** The same of a month. */
export function wrongMonth(row: SubscriptionChargeRow): string[] {
  const { chargeId, paid } = row;
  const [price, ratio] = [num(row.price), num(row.platformFeeRatio)];
  const fee = paid ? amount(price.times(ratio)) : zero;
  const wrong: string[] = [];
  const expect = (name: 'platformFee' | 'providerNet', value: Num): void => {
    if (!num(row[name]).eq(value))
      wrong.push(`month ${chargeId}.${name}: ${row[name]} shown, ${said(value)} recomputed`);
  };
  expect('platformFee', fee);
  expect('providerNet', paid ? price.minus(fee) : zero);
  const isEnough = num(row.available).gte(price);
  if (paid && !isEnough) wrong.push(`month ${chargeId} was paid with less than its price`);
  const hash = chargeProofOf(row);
  if (hash !== row.hash) wrong.push(`hash of month ${chargeId}: ${row.hash} shown, ${hash} recomputed`);
  return wrong;
}
