import { listEntriesMax, type AnyRecord, type CopyMeasure, type ShareCharge } from '@slipstream/contracts';
import type { World } from './decide.js';
import { stopped, stopping } from './guards.js';
import { books, equity, marginInUse, type NaiveCopy } from './naive-copy.js';
import { amount, least, most, num, said, zero, type Num } from './numbers.js';

type Of<T extends AnyRecord['type']> = AnyRecord & { readonly type: T };
type Measured = Of<'CopiesMeasured'>;
const dayMs = 86_400_000;

/** What copies hold of each provider, at a midnight. */
export function aum(copies: readonly NaiveCopy[], line: number, at: number, world: World): AnyRecord[] {
  const running = copies.filter(({ status }) => status !== 'starting' && status !== 'cancelled');
  const ids = [...new Set(running.map(({ providerId }) => providerId))].sort();
  if (ids.length === 0) return [];
  const providers = ids.map((providerId) => {
    const own = running.filter((copy) => copy.providerId === providerId);
    const sum = own.map((copy) => most(zero, least(copy.total, equity(copy, world.marks, world.instruments))));
    return { providerId, aum: said(sum.reduce((a, b) => a.plus(b), zero)), copies: own.length };
  });
  return [{ type: 'AumMeasured', line, at, providers }];
}

/** Whether a Monday or a first of a month has begun since the tick before, looked for day by day. */
export function periodBegan(before: number, at: number): boolean {
  if (before < 0) return false;
  for (let day = before - (before % dayMs) + dayMs; day <= at; day += dayMs) {
    const date = new Date(day);
    if (date.getUTCDay() === 1 || date.getUTCDate() === 1) return true;
  }
  return false;
}

/** What could leave a copy, and what it is worth. */
export function funds(copy: NaiveCopy, world: World): { free: Num; equity: Num } {
  const now = equity(copy, world.marks, world.instruments);
  const { cash } = books(copy, world.instruments);
  return { free: least(cash, now.minus(marginInUse(copy, world.instruments))), equity: now };
}

/** All of its cash once it is flat and settled, else what isn't bound; no less than nothing, cut to 8 decimals. */
function payable(copy: NaiveCopy, world: World): Num {
  const money = copy.fees?.settling ? books(copy, world.instruments).cash : funds(copy, world).free;
  return most(zero, money.round(8, 0));
}

/** Copies with terms that aren't at their end, by copy id. */
export function measured(
  copies: readonly NaiveCopy[],
  what: Pick<Measured, 'line' | 'at' | 'cause'>,
  world: World,
): AnyRecord[] {
  const own = copies.filter(
    ({ fees, status }) => fees !== null && !fees.settling && ['active', 'paused', 'stopping'].includes(status),
  );
  own.sort((a, b) => (a.copyId < b.copyId ? -1 : 1));
  const told = own.map((copy): CopyMeasure => {
    const { accountId, copyId, providerId } = copy;
    const { equity: worth } = funds(copy, world);
    const unrealised = worth.minus(books(copy, world.instruments).cash);
    copy.fees?.past.push({ kind: 'measured', equity: num(said(worth)), at: what.at });
    const [now, open, available] = [worth, unrealised, payable(copy, world)].map(said) as [string, string, string];
    return { accountId, copyId, providerId, equity: now, unrealised: open, available };
  });
  expect(told.length).toBeLessThanOrEqual(listEntriesMax);
  return told.length === 0 ? [] : [{ type: 'CopiesMeasured', ...what, copies: told, marks: marksOf(own, world) }];
}

function marksOf(copies: readonly NaiveCopy[], world: World): Measured['marks'] {
  const held = new Set<string>();
  for (const copy of copies) {
    const { quantity } = books(copy, world.instruments);
    for (const lead of copy.leads) if (!(quantity.get(lead) ?? zero).eq(0)) held.add(lead.instrument);
  }
  const known = [...held].sort().map((instrument) => ({ instrument, price: world.marks.get(instrument) }));
  return known.flatMap(({ instrument, price }) => (price ? [{ instrument, price: said(price) }] : []));
}

/** The provider's side ends copies; those of one that leads no more are measured first. */
export function endCopies(
  { copies, reason, occurredAt }: Of<'EndCopies'>,
  known: ReadonlyMap<string, NaiveCopy>,
  worldOf: (copy: NaiveCopy) => World,
): AnyRecord[] {
  const all = copies.flatMap(({ copyId }) => known.get(copyId) ?? []);
  const ending = all.filter(({ status }) => status === 'active' || status === 'paused');
  const [first] = all;
  if (!first) return [];
  // All are of one provider, so of one line.
  const world = worldOf(first);
  const what = { line: null, at: occurredAt, cause: 'retirement' } as const;
  return [
    ...(reason === 'provider_retired' ? measured([...all], what, world) : []),
    ...ending.flatMap((copy) => stopping(copy, reason, copy.settings.subPosCloseType, 'stop', occurredAt, world)),
  ];
}

export function announce(command: Of<'AnnounceFees'>, known: ReadonlyMap<string, NaiveCopy>): AnyRecord[] {
  const copies = command.copies.filter(({ copyId }) => {
    const copy = known.get(copyId);
    return copy && copy.fees !== null && copy.status !== 'stopped';
  });
  const { fees, effectiveFrom: from } = command;
  for (const { copyId } of copies)
    known.get(copyId)?.fees?.past.push({ kind: 'announced', ratio: num(fees.profitShareRatio), from });
  return copies.length === 0 ? [] : [{ ...command, type: 'CopyFeesAnnounced', copies }];
}

/** What is owed and there is paid; the rest is held back. A copy that waited for it has stopped. */
export function chargeShares(
  charges: readonly ShareCharge[],
  copies: ReadonlyMap<string, NaiveCopy>,
  worldOf: (copy: NaiveCopy) => World,
): AnyRecord[] {
  const over: AnyRecord[] = [];
  const told = charges.map(({ platformFeeRatio, ...asked }) => {
    const copy = copies.get(asked.copyId);
    const answer = { ...asked, occurredAt: asked.at };
    if (!copy?.fees || copy.status === 'stopped' || copy.fees.charged.has(asked.settlementId))
      return {
        ...answer,
        ...{ available: '0', charged: '0', platformFee: '0', providerNet: '0', due: asked.owed, equityBefore: '0' },
      };
    const world = worldOf(copy);
    const [before, available] = [funds(copy, world).equity, payable(copy, world)];
    const charged = least(num(asked.owed), available);
    const due = num(asked.owed).minus(charged);
    const platformFee = amount(charged.times(platformFeeRatio));
    copy.paidIn = copy.paidIn.minus(charged);
    copy.fees.charged.add(asked.settlementId);
    copy.fees.due = due;
    copy.fees.past.push({ kind: 'charged', amount: charged });
    if (!charged.eq(0)) {
      const after = before.minus(charged);
      copy.peak = before.lte(0) || copy.peak.eq(0) ? after : amount(copy.peak.times(after).div(before));
      copy.lossBase = copy.lossBase.minus(charged);
    }
    if (asked.cause === 'stop' && copy.fees.settling) over.push(stopped(copy, asked.at, world));
    const parts = { platformFee: said(platformFee), providerNet: said(charged.minus(platformFee)) };
    const figures = { available: said(available), charged: said(charged), due: said(due), equityBefore: said(before) };
    return { ...answer, ...figures, ...parts };
  });
  return [{ type: 'ProfitShareCharged', charges: told }, ...over];
}
