import type { CopySettings } from '@slipstream/contracts';
import { decimal, type Instruments, type LineRecord, type Policy, type SimulatedFees } from '@slipstream/domain';
import { drive } from '@slipstream/testing';
import { orderGateway } from '../../order-gateway/src/fold.js';
import { paperVenue } from '../../order-gateway/src/paper-venue.js';
import { positionSizer } from '../../position-sizer/src/fold.js';
import { settlementFold } from '../../settlement/src/fold/fold.js';
import type { CopyThatWas } from './same-copy.js';

const accountId = 'what-if';

/**
 * One copy of a line by the very folds of position-sizer and order-gateway with the paper venue, in step: what a record led
 * to is back before the next record comes.
 */
export async function foldInStep(
  line: readonly LineRecord[],
  providerId: string,
  {
    settings,
    copyTotalAmt,
    instruments,
    policy,
    fees,
  }: {
    settings: CopySettings;
    copyTotalAmt: string;
    instruments: Instruments;
    policy: Policy;
    fees?: SimulatedFees;
  },
): Promise<CopyThatWas> {
  const sizer = drive(positionSizer(instruments, policy));
  const gateway = drive(orderGateway(paperVenue(instruments, decimal('0'))));
  const copyId = `${accountId}~${providerId}~1`;
  const settlement = drive(settlementFold(policy));
  const ids = { accountId, occurredAt: fees?.startedAt ?? 0 };
  const who = { country: '', ownerId: '', disclaimerVersion: '2026-01' };
  sizer.give({ ...ids, type: 'DepositFunds', requestId: 'd', amount: copyTotalAmt, asset: 'USDT' });
  sizer.give({ ...ids, ...who, type: 'StartCopying', requestId: 's', providerId, copyTotalAmt, settings });
  sizer.give({
    type: 'ConfirmCopy',
    accountId,
    copyId,
    providerId,
    fromOrder: 1,
    joins: [],
    fees: fees ? { feeModel: 'profit_share', subscriptionPrice: null, ...fees.terms } : null,
    announced: null,
  });
  let sentBySizer = sizer.sent.length;
  let sentByGateway = gateway.sent.length;
  let toldToSettlement = 0;
  let charged = 0;
  const settle = async (): Promise<void> => {
    for (;;) {
      settlement.give(...sizer.journal.slice(toldToSettlement));
      toldToSettlement = sizer.journal.length;
      const charges = settlement.sent.slice(charged);
      charged = settlement.sent.length;
      sizer.give(...charges.map(({ record }) => record));
      if (!(await fill()) && toldToSettlement === sizer.journal.length) return;
    }
  };
  const fill = async (): Promise<boolean> => {
    const before = sizer.journal.length;
    while (sentBySizer < sizer.sent.length || sentByGateway < gateway.sent.length) {
      const placed = sizer.sent.slice(sentBySizer).filter(({ record }) => record.type === 'PlaceOrders');
      sentBySizer = sizer.sent.length;
      for (const { record } of placed) {
        gateway.give(record);
        for (let answers = await gateway.effects(); answers.length > 0; answers = await gateway.effects())
          gateway.give(...answers);
      }
      const reports = gateway.sent.slice(sentByGateway);
      sentByGateway = gateway.sent.length;
      for (const { record } of reports) sizer.give(record);
    }
    return sizer.journal.length > before;
  };
  const lineNo = sizer.state.entry(copyId)?.line ?? 0;
  for (const record of line) {
    if ('orderNo' in record)
      sizer.give({ type: 'CopyOrders', line: lineNo, order: record, copies: [{ accountId, copyId }] });
    else sizer.give({ ...record, line: lineNo });
    await settle();
  }
  const settlements = settlement.events('ProfitShareSettled').flatMap(({ receipts }) => receipts);
  return { journal: sizer.journal, settlements, ends: sizer.events('CopyOrdersEnded').flatMap(({ ends }) => ends) };
}
