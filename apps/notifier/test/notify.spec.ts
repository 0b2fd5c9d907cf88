import { partitionCount, partitionOf, type AnyRecord } from '@slipstream/contracts';
import { Carried } from '../src/carried.js';
import { describe as inWords } from '../src/describe.js';
import type { Notice } from '../src/notification.js';
import { notify } from '../src/notify.js';
import { controls, examples, recordNames } from './examples.js';

const dayMs = 86_400_000;
const monday = Date.UTC(2026, 0, 5);
const copy = { accountId: 'f1', copyId: 'f1~p1~1', providerId: 'p1', occurredAt: monday };
const follower = 'account/f1';
const provider = 'provider/p1';

/** What events of one partition, one after the other, tell whom. */
function told(...events: readonly AnyRecord[]): Notice[] {
  const carried = new Carried();
  return events.flatMap((event) => notify(carried, event, dayMs));
}

/** Who hears what, in words. */
const words = (notices: readonly Notice[]) =>
  notices.map(({ recipient, facts }) => {
    const { title, body } = inWords(facts);
    return `${recipient} ${facts.type}: ${title}. ${body}`;
  });

const confirmed = { ...controls.CopyConfirmed, ...copy, fees: null };
const stopping = { ...controls.CopyStopping, ...copy, subPosCloseType: 'copy_close' } as const;
const stopped = { ...controls.CopyStopped, ...copy, returned: '1012.50' };
const lineOfP1 = partitionOf('p1', partitionCount);
const shareTerms = {
  feeModel: 'profit_share',
  profitShareRatio: '0.125',
  subscriptionPrice: null,
  settlementPeriod: 'weekly',
} as const;

describe('a copy', () => {
  test('starts: its follower is told, with the fees', () => {
    expect(words(told({ ...confirmed, fees: shareTerms }))).toEqual([
      `${follower} copy_started: Copying p1 has started. Your copy trades along with p1 from now on, with 1000 USDT. ` +
        'Fees: 12.5 % of new profit, settled weekly.',
    ]);
  });

  test('is refused: the money is back', () => {
    const refused = { ...controls.CopyRefused, ...copy, copyTotalAmt: '500', reason: 'slots_full' };
    expect(words(told(refused))).toEqual([
      `${follower} copy_refused: Copying p1 did not start. The copy was not admitted (slots full). ` +
        '500 USDT went back to your wallet.',
    ]);
  });

  test('stops: told once it is over, with the reason it began to stop for', () => {
    const [first, ...rest] = told(confirmed, { ...stopping, reason: 'subscription_unpaid' }, stopped);
    expect(first?.facts.type).toBe('copy_started');
    expect(rest.map(({ facts }) => facts)).toEqual([
      { type: 'copy_stopped', copyId: 'f1~p1~1', providerId: 'p1', reason: 'subscription_unpaid', returned: '1012.50' },
    ]);
    expect(words(rest)[0]).toContain('The subscription was not paid. 1012.5 USDT went back');
  });

  test('cancelled before its confirmation came has not started; the reason is forgotten with it', () => {
    const types = told({ ...stopping, reason: 'follower' }, confirmed, stopped, stopped).map(({ facts }) => facts);
    expect(types).toMatchObject([
      { type: 'copy_stopped', reason: 'follower' },
      { type: 'copy_stopped', reason: null },
    ]);
    expect(told({ ...stopping, reason: 'follower' }, { ...controls.CopyRefused, ...copy }, confirmed)).toMatchObject([
      { facts: { type: 'copy_refused' } },
      { facts: { type: 'copy_started' } },
    ]);
  });

  test('at its loss limit: told at once, and again when it has stopped', () => {
    const notices = told({ ...stopping, reason: 'max_loss_reached' }, stopped);
    expect(notices.map(({ facts }) => facts.type)).toEqual(['max_loss_reached', 'copy_stopped']);
    expect(words(notices)[0]).toContain('Open positions close as the provider closes.');
  });

  test('liquidated: the position and what stood behind it', () => {
    const liquidated = { ...controls.PositionLiquidated, ...copy, instrument: 'BTCUSDT', mark: '40000.5' };
    expect(words(told({ ...liquidated, equity: '-3', maintenance: '12.5' }))).toEqual([
      `${follower} copy_liquidated: BTCUSDT of your copy of p1 was liquidated. At a mark of 40000.5, -3 USDT stood ` +
        'behind the position and 12.5 USDT was needed; it is closed at market.',
    ]);
  });
});

describe('what is told of a copy is dated', () => {
  const tick = (at: number, line = lineOfP1): AnyRecord => ({ ...controls.MarketTicked, at, line, boundary: false });
  const times = (...events: readonly AnyRecord[]) => told(...events).map(({ occurredAt }) => occurredAt - monday);

  test('by the market clock of its line where an event carries an earlier time: it happened since', () => {
    const notices = [confirmed, { ...stopping, reason: 'max_loss_reached' } as const, stopped];
    expect(times(...notices)).toEqual([0, 0, 0]);
    expect(times(tick(monday + 5), ...notices)).toEqual([5, 5, 5]);
    expect(times(confirmed, tick(monday + 5), stopped)).toEqual([0, 5]);
    const liquidated = { ...controls.PositionLiquidated, ...copy };
    const reached = { ...controls.CopyFeesAnnounced, ...copy, copies: [{ accountId: 'f1', copyId: 'f1~p1~1' }] };
    const refused = { ...controls.CopyRefused, ...copy };
    expect(times(tick(monday + 5), liquidated, reached, refused)).toEqual([5, 5, 5]);
  });

  test('by its own time where that is later; late ticks and those of other lines set nothing', () => {
    expect(times(tick(monday - 1), stopped)).toEqual([0]);
    expect(times(tick(monday + 9), tick(monday + 5), stopped)).toEqual([9]);
    expect(times(tick(monday + 9, lineOfP1 + 1), stopped)).toEqual([0]);
  });
});

describe('a provider', () => {
  const terms = { ...shareTerms, providerId: 'p1', occurredAt: monday };
  const admitted = (accountId: string, providerId = 'p1') =>
    ({ ...controls.FollowerAdmitted, accountId, copyId: `${accountId}~${providerId}~1`, providerId }) as const;

  test('announces terms: it and, through their own journal, its followers are told from when on', () => {
    const effectiveFrom = monday + 7 * dayMs;
    expect(words(told({ ...controls.ProviderTermsAnnounced, ...terms, effectiveFrom }))).toEqual([
      `${provider} terms_announced: Your terms will change. From 2026-01-12 00:00 UTC on: 12.5 % of new profit, settled weekly.`,
    ]);
    const copies = ['f1', 'f2'].map((accountId) => ({ accountId, copyId: `${accountId}~p1~1` }));
    const fees = { ...shareTerms, feeModel: 'subscription', subscriptionPrice: '9.90' } as const;
    const reached = { ...controls.CopyFeesAnnounced, providerId: 'p1', fees, effectiveFrom, copies };
    expect(words(told(reached))).toEqual(
      ['f1', 'f2'].map(
        (id) =>
          `account/${id} terms_announced: The terms of p1 will change. ` +
          'From 2026-01-12 00:00 UTC on: a subscription of 9.9 USDT a month.',
      ),
    );
  });

  test('has new terms: it and those who follow it then are told, in the order of their copies', () => {
    const removed = { ...controls.FollowerRemoved, accountId: 'f3', copyId: 'f3~p1~1', providerId: 'p1' };
    const changed = { ...controls.ProviderTermsChanged, ...terms };
    const line = [admitted('f3'), admitted('f2'), admitted('f1'), admitted('f9', 'p2'), removed, changed];
    const notices = told(...line);
    expect(notices.map(({ recipient }) => recipient)).toEqual([provider, follower, 'account/f2']);
    expect(words(notices)[1]).toBe(
      `${follower} terms_changed: The terms of p1 have changed. From now on: 12.5 % of new profit, settled weekly.`,
    );
  });

  test('retires: it is told by its line, each follower whose copy stops because of it by its own', () => {
    const retired = { ...controls.ProviderRetired, providerId: 'p1', occurredAt: monday };
    expect(words(told(retired))).toEqual([
      `${provider} provider_retired: You no longer lead. Nobody new can copy you; all copies end as their settings say.`,
    ]);
    expect(words(told({ ...stopping, reason: 'provider_retired', subPosCloseType: 'market_close' }))).toEqual([
      `${follower} provider_retired: p1 has retired. Your copy opens nothing more and stops. Open positions are closed at market.`,
    ]);
  });
});

test('no record there is, however odd, ends in an exception or without words', () => {
  for (const name of recordNames) {
    for (const example of examples(name)) {
      for (const { facts, recipient } of told(example)) {
        const { title, body } = inWords(facts);
        expect(`${title} ${body}`).not.toMatch(/undefined|null|NaN|Invalid/);
        expect(recipient).toMatch(/^(account|provider)\/./);
      }
    }
  }
});
