import fc from 'fast-check';
import {
  chargeMonth,
  decimal,
  endSubscription,
  reviveSubscription,
  startSubscription,
  text,
  withAnnouncedPrice,
  type Subscription,
  type SubscriptionCharge,
} from '../src/index.js';
import { dayMs, monday, platformFeeRatio, shown, texts } from './settlement-steps.js';

const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 3_000);
const subscribed = (at: number, previous: Subscription | null = null): Subscription =>
  startSubscription({ subscriptionId: 'a~p', price: decimal('30'), at }, previous);
const charge = (subscription: Subscription, at: number, available = '1000'): SubscriptionCharge | null =>
  chargeMonth(subscription, at, { available: decimal(available), platformFeeRatio });
function paid(subscription: Subscription, at: number) {
  const charged = charge(subscription, at);
  if (charged?.kind !== 'paid') throw new Error(`not paid at ${at}`);
  return charged;
}

test('a month is paid in advance, from the start, and the platform has its part', () => {
  const { receipt, subscription } = paid(subscribed(monday + 5), monday + 5);
  expect(shown(receipt)).toEqual({
    chargeId: `a~p/month-${monday + 5}`,
    from: monday + 5,
    until: Date.UTC(2026, 6, 1) + 5,
    available: '1000',
    providerGross: '30',
    platformFeeRatio: '0.02',
    platformFee: '0.6',
    providerNet: '29.4',
  });
  expect(shown(reviveSubscription(shown(subscription)))).toEqual(shown(subscription));
});

test('repeated within the month nothing is charged; late, one month after the other', () => {
  const { subscription } = paid(subscribed(monday), monday);
  expect(charge(subscription, monday)).toBeNull();
  expect(charge(subscription, Date.UTC(2026, 6, 1) - 1)).toBeNull();
  const july = paid(subscription, Date.UTC(2026, 7, 15));
  const august = paid(july.subscription, Date.UTC(2026, 7, 15));
  expect([july.receipt.from, august.receipt.from]).toEqual([Date.UTC(2026, 6, 1), Date.UTC(2026, 7, 1)]);
  expect(charge(august.subscription, Date.UTC(2026, 7, 15))).toBeNull();
});

test('unpaid, the access ends: a month is paid whole or not at all', () => {
  const start = subscribed(monday);
  expect(charge(start, monday, '30')?.kind).toBe('paid');
  const unpaid = charge(start, monday, '29.99999999')!;
  expect(shown(unpaid)).toMatchObject({ kind: 'unpaid', chargeId: `a~p/month-${monday}`, price: '30' });
  expect(unpaid.subscription.status).toBe('ended');
  expect(charge(unpaid.subscription, monday + 90 * dayMs)).toBeNull();
});

test('who comes back within a month that is paid doesn’t pay it again, who comes later begins anew', () => {
  const ended = endSubscription(paid(subscribed(monday), monday).subscription);
  expect(charge(ended, Date.UTC(2026, 6, 1))).toBeNull();
  const back = subscribed(monday + 9 * dayMs, ended);
  expect(charge(back, monday + 9 * dayMs)).toBeNull();
  expect(paid(back, Date.UTC(2026, 6, 1)).receipt.from).toBe(Date.UTC(2026, 6, 1));
  const later = Date.UTC(2026, 8, 20);
  expect(paid(subscribed(later, ended), later).receipt).toMatchObject({ from: later, until: Date.UTC(2026, 9, 20) });
});

test('a new price holds from the first month that begins at effectiveFrom or later', () => {
  const first = paid(subscribed(monday), monday).subscription;
  const told = withAnnouncedPrice(first, { price: decimal('45'), effectiveFrom: Date.UTC(2026, 6, 2) }, monday);
  const july = paid(reviveSubscription(shown(told)), Date.UTC(2026, 6, 1));
  const august = paid(july.subscription, Date.UTC(2026, 7, 1));
  const september = paid(august.subscription, Date.UTC(2026, 8, 1));
  const prices = [july, august, september].map(({ receipt }) => receipt.providerGross);
  expect(texts(prices)).toEqual(['30', '45', '45']);
  expect(text(september.subscription.price)).toBe('45');
});

test('a price that is effective the moment a month begins holds for it', () => {
  const first = paid(subscribed(monday), monday).subscription;
  const told = withAnnouncedPrice(first, { price: decimal('45'), effectiveFrom: Date.UTC(2026, 6, 1) }, monday);
  expect(text(paid(told, Date.UTC(2026, 6, 1)).receipt.providerGross)).toBe('45');
});

test('a price that is in force holds until the next one that is announced does', () => {
  const first = paid(subscribed(monday), monday).subscription;
  const july = withAnnouncedPrice(first, { price: decimal('10'), effectiveFrom: Date.UTC(2026, 6, 1) }, monday);
  const later = { price: decimal('60'), effectiveFrom: Date.UTC(2026, 7, 1) };
  const priceOf = (told: typeof july) => text(paid(told, Date.UTC(2026, 6, 1)).receipt.providerGross);
  expect(priceOf(withAnnouncedPrice(july, later, Date.UTC(2026, 6, 1)))).toBe('10');
  // Before that moment it takes its place.
  expect(priceOf(withAnnouncedPrice(july, later, Date.UTC(2026, 6, 1) - 1))).toBe('30');
});

test('who comes back the moment a paid month ends begins anew, with months of its own', () => {
  const ended = endSubscription(paid(subscribed(Date.UTC(2026, 0, 31)), Date.UTC(2026, 0, 31)).subscription);
  expect(ended.paidUntil).toBe(Date.UTC(2026, 1, 28));
  const back = subscribed(ended.paidUntil, ended);
  expect(paid(back, ended.paidUntil).receipt.until).toBe(Date.UTC(2026, 2, 28));
});

test('months begin on the same day and time, or the last day of a shorter month, and leave no gap', () => {
  const moments = fc.integer({ min: 0, max: Date.UTC(2400, 0, 1) });
  fc.assert(
    fc.property(moments, fc.integer({ min: 1, max: 30 }), (at, months) => {
      const start = new Date(at);
      let subscription = subscribed(at);
      for (let month = 0; month < months; month += 1) {
        const { receipt, subscription: next } = paid(subscription, subscription.paidUntil);
        const day = (of: number): number => {
          const last = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + of + 1, 0)).getUTCDate();
          const date = Math.min(start.getUTCDate(), last);
          return Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + of, date) + (at % dayMs);
        };
        expect([receipt.from, receipt.until]).toEqual([day(month), day(month + 1)]);
        subscription = next;
      }
    }),
    { numRuns },
  );
});
