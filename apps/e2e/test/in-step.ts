import type { CopySettings } from '@slipstream/contracts';
import { decimal, type Instruments, type LineRecord, type Policy } from '@slipstream/domain';
import { drive } from '@slipstream/testing';
import { orderGateway } from '../../order-gateway/src/fold.js';
import { paperVenue } from '../../order-gateway/src/paper-venue.js';
import { positionSizer } from '../../position-sizer/src/fold.js';
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
  }: { settings: CopySettings; copyTotalAmt: string; instruments: Instruments; policy: Policy },
): Promise<CopyThatWas> {
  const sizer = drive(positionSizer(instruments, policy));
  const gateway = drive(orderGateway(paperVenue(instruments, decimal('0'))));
  const copyId = `${accountId}~${providerId}~1`;
  const ids = { accountId, occurredAt: 0 };
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
    fees: null,
    announced: null,
  });
  let sentBySizer = sizer.sent.length;
  let sentByGateway = gateway.sent.length;
  const settle = async (): Promise<void> => {
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
  };
  const lineNo = sizer.state.entry(copyId)?.line ?? 0;
  for (const record of line) {
    if ('orderNo' in record)
      sizer.give({ type: 'CopyOrders', line: lineNo, order: record, copies: [{ accountId, copyId }] });
    else sizer.give({ ...record, line: lineNo });
    await settle();
  }
  return { journal: sizer.journal, ends: sizer.events('CopyOrdersEnded').flatMap(({ ends }) => ends) };
}
