import {
  boundaryDue,
  carriedGap,
  decimal,
  isBoundary,
  isBoundaryPassed,
  periodStart,
  previewSettlement,
  reviveCarriedGap,
  reviveCopyShare,
  settle,
  settlementIdOf,
  splitEarnings,
  openingOf,
  startShare,
  stopShare,
  text,
  withAnnouncedTerms,
  withDeposit,
  withEquity,
  withPnl,
  withWithdrawal,
  type CopyShare,
} from '../src/index.js';
import {
  atBoundary,
  dayMs,
  monday,
  platformFeeRatio,
  shown,
  started,
  texts,
  walk,
  weekMs,
  type Step,
} from './settlement-steps.js';

const facts = (equity: string, available = equity) => ({
  equity: decimal(equity),
  available: decimal(available),
  platformFeeRatio,
});

describe('the gap', () => {
  test.each<[string, readonly Step[], string, string]>([
    ['starts at 0', [], '0', '1000'],
    ['is lowered by a profit', [['pnl', '30']], '-30', '1030'],
    ['is raised by a loss', [['pnl', '-30']], '30', '970'],
    [
      'stays at a deposit',
      [
        ['pnl', '-30'],
        ['deposit', '500'],
      ],
      '30',
      '1470',
    ],
    [
      'loses the fraction that is withdrawn',
      [
        ['pnl', '-200'],
        ['withdraw', '200'],
      ],
      '150',
      '600',
    ],
    [
      'goes with everything that is withdrawn',
      [
        ['pnl', '-200'],
        ['withdraw', '800'],
      ],
      '0',
      '0',
    ],
    [
      'goes, once, with more than everything',
      [
        ['pnl', '-200'],
        ['withdraw', '900'],
      ],
      '0',
      '-100',
    ],
    [
      'goes where nothing was the follower’s',
      [
        ['pnl', '-1000'],
        ['withdraw', '1'],
      ],
      '0',
      '-1',
    ],
    ['stays at 0 when money is withdrawn', [['withdraw', '400']], '0', '600'],
    [
      'stays below 0 when money is withdrawn',
      [
        ['pnl', '100'],
        ['withdraw', '550'],
      ],
      '-100',
      '550',
    ],
    [
      'is rounded to 8 decimals half-even',
      [
        ['pnl', '-400'],
        ['withdraw', '200'],
      ],
      '266.66666667',
      '400',
    ],
    ['is 0 after a profit was settled', [['pnl', '100'], ['settle']], '0', '1090'],
    ['stays after a loss was settled', [['pnl', '-100'], ['settle']], '100', '900'],
    ['has made good a loss first', [['pnl', '-100'], ['settle'], ['pnl', '130'], ['settle']], '0', '1027'],
  ])('%s', (_, steps, gap, equity) => {
    const { share } = walk(started(), steps);
    expect([text(share.gap), text(share.equity)]).toEqual([gap, equity]);
  });

  test('moves with the equity between two marks, whatever flowed in between', () => {
    let share = withEquity(started(), decimal('950'));
    expect(text(share.gap)).toBe('50');
    share = withDeposit(share, decimal('100'), decimal('940'));
    expect(texts([share.gap, share.equity])).toEqual(['60', '1040']);
    share = withWithdrawal(share, decimal('260'), decimal('1020'));
    // 80 × (1 − 260 ÷ 1020) = 59.6078431372…
    expect(texts([share.gap, share.equity])).toEqual(['59.60784314', '760']);
    expect(withEquity(share, decimal('760'))).toBe(share);
  });

  test('what is due isn’t the follower’s: the fraction withdrawn is the same before and after it is charged', () => {
    const owing = walk(started(), [
      ['pnl', '1000'],
      ['settle', '0'],
      ['pnl', '-400'],
    ]).share;
    expect(texts([owing.gap, owing.equity, owing.due])).toEqual(['400', '1600', '100']);
    const before = walk(owing, [['withdraw', '750'], ['settle']]).share;
    const after = walk(owing, [['settle'], ['withdraw', '750']]).share;
    expect(texts([before.gap, before.equity, before.due])).toEqual(['200', '750', '0']);
    expect(texts([after.gap, after.equity, after.due])).toEqual(['200', '750', '0']);
  });
});

describe('a settlement', () => {
  test('has a receipt by which it can be worked out by hand', () => {
    const steps: Step[] = [
      ['pnl', '-200'],
      ['settle'],
      ['deposit', '200'],
      ['withdraw', '500'],
      ['pnl', '300.12345678'],
    ];
    const { share } = walk(started({ ratio: '0.15' }), steps);
    const settlement = atBoundary(share, decimal('20'));
    expect(shown(settlement.receipt)).toEqual({
      settlementId: `a~p~1/period-${monday + 2 * weekMs}`,
      copyId: 'a~p~1',
      cause: 'period',
      from: monday + weekMs,
      until: monday + 2 * weekMs,
      equityOpening: '800',
      deposits: '200',
      withdrawals: '500',
      pnl: '300.12345678',
      equityBefore: '800.12345678',
      gapOpening: '200',
      gapWithdrawn: '100',
      gapBefore: '-200.12345678',
      newProfit: '200.12345678',
      gapAfter: '0',
      profitShareRatio: '0.15',
      // 30.018518517, of which 20 are there.
      accrued: '30.01851852',
      dueBefore: '0',
      available: '20',
      providerGross: '20',
      dueAfter: '10.01851852',
      platformFeeRatio: '0.02',
      platformFee: '0.4',
      providerNet: '19.6',
      equityAfter: '780.12345678',
    });
    expect(shown(settlement.share.totals)).toEqual({
      settlements: 2,
      newProfit: '200.12345678',
      accrued: '30.01851852',
      providerGross: '20',
      platformFee: '0.4',
      providerNet: '19.6',
    });
  });

  test.each<[string, string, string, string]>([
    ['all of it is available', '500', '10', '0'],
    ['exactly as much is available', '10', '10', '0'],
    ['less is available', '9.99999999', '9.99999999', '0.00000001'],
    ['a part of the last decimal isn’t money', '5.000000009', '5', '5'],
    ['nothing is available', '0', '0', '10'],
    ['less than nothing is available', '-3', '0', '10'],
  ])('charges what is available: %s', (_, available, charged, dueAfter) => {
    const { share, receipt } = atBoundary(walk(started(), [['pnl', '100']]).share, decimal(available));
    expect(texts([receipt.providerGross, receipt.dueAfter, share.due, share.gap])).toEqual([
      charged,
      dueAfter,
      dueAfter,
      '0',
    ]);
  });

  test('what was due is settled next time, also after a loss, and without more of a share', () => {
    const steps: Step[] = [['pnl', '100'], ['settle', '4'], ['pnl', '-500'], ['settle', '2.5'], ['settle']];
    const { receipts, share } = walk(started(), steps);
    expect(texts(receipts.map((one) => one.providerGross))).toEqual(['4', '2.5', '3.5']);
    expect(texts(receipts.map((one) => one.dueBefore))).toEqual(['0', '6', '3.5']);
    expect(texts([share.gap, share.due, share.totals.newProfit])).toEqual(['500', '0', '100']);
  });

  test('a repeated or late tick, and one that is no boundary of the copy, do nothing', () => {
    const share = atBoundary(walk(started(), [['pnl', '100']]).share).share;
    const at = (boundary: number, of: CopyShare = share) => settle(of, { kind: 'period', boundary }, facts('2000'));
    expect(at(monday + weekMs)).toBeNull();
    expect(at(monday)).toBeNull();
    expect(at(monday + 2 * weekMs + 1)).toBeNull();
    expect(at(monday + 8 * dayMs)).toBeNull();
    expect(at(monday + weekMs, started({ period: 'monthly' }))).toBeNull();
    expect(at(Date.UTC(2026, 6, 1), started({ period: 'monthly' }))).not.toBeNull();
    expect(at(monday + 2 * weekMs)).not.toBeNull();
    // Two weeks late, all at once; the boundary that was left out then does nothing.
    const late = at(monday + 3 * weekMs)!;
    expect(text(late.receipt.newProfit)).toBe('910');
    expect(at(monday + 2 * weekMs, late.share)).toBeNull();
  });

  test('goes on at the provider’s retirement, once, and then until the copy stops', () => {
    const share = walk(started(), [['pnl', '100']]).share;
    const retired = settle(share, { kind: 'retirement', at: monday + 5 }, facts('1100'))!;
    expect([retired.receipt.settlementId, text(retired.receipt.providerGross)]).toEqual(['a~p~1/retirement', '10']);
    expect(settle(retired.share, { kind: 'retirement', at: monday + 6 }, facts('1200'))).toBeNull();
    const week = settle(retired.share, { kind: 'period', boundary: monday + weekMs }, facts('1140'))!;
    expect(text(week.receipt.providerGross)).toBe('5');
    const stop = stopShare(week.share, monday + 9 * dayMs, facts('1145'))!;
    expect([text(stop.receipt.providerGross), stop.carried]).toEqual(['1', null]);
  });

  test('a retirement that is told after a later boundary takes nothing of the time back', () => {
    const { share } = atBoundary(started());
    const { receipt, share: after } = settle(share, { kind: 'retirement', at: monday + 1 }, facts('1010'))!;
    expect([receipt.from, receipt.until, after.settledAt]).toEqual(Array(3).fill(monday + weekMs));
  });

  test('a preview has the figures of the settlement and no effect', () => {
    const share = walk(started(), [['pnl', '50']]).share;
    const figures = previewSettlement(share, monday + weekMs, facts('1080', '5'))!;
    const { receipt } = settle(share, { kind: 'period', boundary: monday + weekMs }, facts('1080', '5'))!;
    expect({ ...shown(receipt)! }).toMatchObject({ ...shown(figures)! });
    expect(texts([figures.newProfit, figures.providerGross, figures.dueAfter])).toEqual(['80', '5', '3']);
    expect(previewSettlement(stopShare(share, monday, facts('1050'))!.share, monday, facts('1050'))).toBeNull();
  });

  test.each([
    ['20', '0.4', '19.6'],
    ['0.00000025', '0', '0.00000025'],
    ['0.00000075', '0.00000002', '0.00000073'],
    ['0', '0', '0'],
  ])('of %s the platform gets %s and the provider %s', (gross, fee, net) => {
    const parts = splitEarnings(decimal(gross), platformFeeRatio);
    expect(texts([parts.providerGross, parts.platformFee, parts.providerNet])).toEqual([gross, fee, net]);
  });
});

describe('periods', () => {
  test.each<[string, number, 'weekly' | 'monthly', boolean]>([
    ['a Monday 00:00', monday, 'weekly', true],
    ['a Monday 00:00:00.001', monday + 1, 'weekly', false],
    ['a Sunday', monday - dayMs, 'weekly', false],
    ['a first that is a Monday', monday, 'monthly', true],
    ['another Monday', monday + weekMs, 'monthly', false],
    ['a first that is a Wednesday', Date.UTC(2026, 6, 1), 'monthly', true],
  ])('%s', (_, at, period, is) => {
    expect(isBoundary(at, period)).toBe(is);
  });

  test('the boundary that is due is the latest one, and those that were left out are settled with it', () => {
    const share = started({ at: monday + 5 });
    expect(boundaryDue(share, monday + weekMs - 1)).toBeNull();
    expect(boundaryDue(share, monday + weekMs)).toBe(monday + weekMs);
    expect(boundaryDue(share, monday + 3 * weekMs + 7)).toBe(monday + 3 * weekMs);
    expect(boundaryDue(atBoundary(share).share, monday + weekMs + dayMs)).toBeNull();
    expect(boundaryDue(atBoundary(share).share, monday + 2 * weekMs)).toBe(monday + 2 * weekMs);
    const late = settle(share, { kind: 'period', boundary: monday + 3 * weekMs }, facts('1100'))!;
    expect([text(late.receipt.newProfit), late.receipt.until]).toEqual(['100', monday + 3 * weekMs]);
    expect(settle(late.share, { kind: 'period', boundary: monday + 2 * weekMs }, facts('1100'))).toBeNull();
    expect(boundaryDue(stopShare(share, monday + 6, facts('1000'))!.share, monday + 3 * weekMs)).toBeNull();
  });

  test.each([
    ['weekly', monday + 5, monday],
    ['weekly', monday, monday],
    ['weekly', monday - 1, monday - weekMs],
    ['monthly', Date.UTC(2024, 1, 29, 23), Date.UTC(2024, 1, 1)],
    ['monthly', Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 1)],
  ] as const)('a %s period with %d in it starts at %d', (period, at, start) => {
    expect(periodStart(at, period)).toBe(start);
  });

  test.each([
    ['Monday', monday - 60_000, monday, true],
    ['the first of a month', Date.UTC(2026, 6, 1) - 1, Date.UTC(2026, 6, 1), true],
    ['a Tuesday', monday + dayMs - 60_000, monday + dayMs, false],
    ['a tick that comes days late', monday - 60_000, monday + 3 * dayMs, true],
    ['a second tick of Monday', monday, monday + 60_000, false],
    ['the first tick of a line', null, monday + 7, false],
  ])('copies are measured at a tick that passes a boundary, and no other: %s', (_, after, at, passed) => {
    expect(isBoundaryPassed(after, at)).toBe(passed);
  });

  test('ids are made of the copy and the cause alone', () => {
    expect([
      settlementIdOf('a~p~1', { kind: 'period', boundary: 7 }),
      settlementIdOf('a~p~1', { kind: 'stop', at: 7 }),
      settlementIdOf('a~p~1', { kind: 'retirement', at: 7 }),
    ]).toEqual(['a~p~1/period-7', 'a~p~1/stop', 'a~p~1/retirement']);
  });
});

describe('a changed ratio', () => {
  const announced = {
    profitShareRatio: decimal('0.2'),
    settlementPeriod: 'monthly',
    effectiveFrom: monday + weekMs,
  } as const;

  test('holds from the next period', () => {
    const told = withAnnouncedTerms(walk(started(), [['pnl', '100']]).share, announced);
    const first = atBoundary(told);
    expect([text(first.receipt.providerGross), text(first.share.terms.profitShareRatio)]).toEqual(['10', '0.2']);
    expect(first.share.announced).toBeNull();
    // The period is the new one too.
    const next = atBoundary(withPnl(first.share, decimal('100')));
    expect([text(next.receipt.providerGross), next.receipt.until]).toEqual(['20', Date.UTC(2026, 6, 1)]);
  });

  test('doesn’t hold for a stop before, nor from an earlier boundary; the last announcement counts', () => {
    const share = walk(started(), [['pnl', '100']]).share;
    const stop = stopShare(withAnnouncedTerms(share, announced), monday + dayMs, facts('1100'))!;
    expect(text(stop.receipt.providerGross)).toBe('10');
    const later = { ...announced, effectiveFrom: monday + 2 * weekMs };
    const { share: after } = atBoundary(withAnnouncedTerms(withAnnouncedTerms(share, announced), later));
    expect([text(after.terms.profitShareRatio), after.announced]).toEqual(['0.1', later]);
    expect(withAnnouncedTerms(stop.share, announced)).toBe(stop.share);
  });

  test('to 0, for a subscription: what is won meanwhile is never charged, what was lost is still made good', () => {
    const free = { ...announced, profitShareRatio: decimal('0'), settlementPeriod: 'weekly' } as const;
    const { share } = walk(withAnnouncedTerms(started(), free), [
      ['settle'],
      ['pnl', '100'],
      ['settle'],
      ['pnl', '-40'],
    ]);
    const back = { ...announced, settlementPeriod: 'weekly', effectiveFrom: monday + 3 * weekMs } as const;
    const { receipts } = walk(withAnnouncedTerms(share, back), [['settle'], ['pnl', '50'], ['settle']]);
    expect(texts(receipts.map((one) => one.providerGross))).toEqual(['0', '2']);
    expect(texts(receipts.map((one) => one.gapBefore))).toEqual(['40', '-10']);
  });
});

describe('a stop', () => {
  const stopped = (steps: readonly Step[], equity: string) =>
    stopShare(walk(started(), steps).share, monday + dayMs, facts(equity));
  const rejoined = (carried: ReturnType<typeof carriedGap>, amount: string, at: number) =>
    startShare(
      { copyId: 'a~p~2', amount: decimal(amount), at, terms: started().terms },
      openingOf(carried, decimal(amount), at, 90),
    );

  test('settles the profit and carries nothing', () => {
    const { receipt, share, carried } = stopped([['pnl', '50']], '1100')!;
    expect([receipt.settlementId, text(receipt.providerGross), text(share.equity)]).toEqual([
      'a~p~1/stop',
      '10',
      '1090',
    ]);
    expect([share.status, carried]).toEqual(['ended', null]);
  });

  test('is one: nothing moves the share after it', () => {
    const { share } = stopped([], '900')!;
    expect(stopShare(share, monday + 2 * dayMs, facts('900'))).toBeNull();
    expect(settle(share, { kind: 'period', boundary: monday + weekMs }, facts('900'))).toBeNull();
    expect(settle(share, { kind: 'retirement', at: monday + weekMs }, facts('900'))).toBeNull();
    expect(withPnl(share, decimal('5'))).toBe(share);
    expect(withDeposit(share, decimal('5'), decimal('900'))).toBe(share);
    expect(withWithdrawal(share, decimal('5'), decimal('900'))).toBe(share);
  });

  test.each<[string, string, number, string]>([
    ['with as much, the whole gap', '800', 1, '200'],
    ['with more, the whole gap', '5000', 1, '200'],
    ['with half, half of it', '400', 1, '100'],
    ['with a third, rounded half-even', '266.66666667', 1, '66.66666667'],
    ['on the last day, the whole gap', '800', 90, '200'],
    ['after 90 days, none', '800', 91, '0'],
  ])('rejoining %s', (_, amount, day, gap) => {
    const { carried } = stopped([['pnl', '-100']], '800')!;
    expect(shown(carried)).toEqual({
      fromCopyId: 'a~p~1',
      gap: '200',
      equity: '800',
      due: '0',
      stoppedAt: monday + dayMs,
    });
    const share = rejoined(carried, amount, monday + day * dayMs + (day === 90 ? dayMs - 1 : 0));
    expect(texts([share.gap, share.equity])).toEqual([gap, amount]);
  });

  test('with nothing left carries the whole gap, and what is due, for as long as it is due', () => {
    const { carried, receipt } = stopped(
      [
        ['pnl', '100'],
        ['settle', '0'],
        ['pnl', '-1100'],
      ],
      '0',
    )!;
    expect(texts([receipt.dueAfter, carried!.gap, carried!.due])).toEqual(['10', '1100', '10']);
    expect(text(openingOf(carried, decimal('50'), monday + 2 * dayMs, 90).gap)).toBe('1100');
    const late = rejoined(carried, '50', monday + 500 * dayMs);
    expect(texts([late.gap, late.due])).toEqual(['0', '10']);
    expect(text(atBoundary(late).receipt.providerGross)).toBe('10');
  });
});

test('what was saved is the same again', () => {
  const { share } = walk(started(), [['pnl', '-12.5'], ['deposit', '3'], ['withdraw', '1'], ['settle']]);
  const told = withAnnouncedTerms(share, { ...share.terms, effectiveFrom: monday + 9 * weekMs });
  expect(reviveCopyShare(shown(share))).toEqual(reviveCopyShare(shown(reviveCopyShare(shown(share)))));
  for (const one of [share, told]) {
    expect(shown(reviveCopyShare(shown(one)))).toEqual(shown(one));
    expect(shown(atBoundary(reviveCopyShare(shown(one))))).toEqual(shown(atBoundary(one)));
  }
  const carried = carriedGap(share, monday)!;
  expect(shown(reviveCarriedGap(shown(carried)))).toEqual(shown(carried));
  const { stoppedAt, ...old } = shown(carried) as { readonly stoppedAt: number };
  expect(shown(reviveCarriedGap({ ...old, expiresAt: stoppedAt + 90 * dayMs }))).toEqual(shown(carried));
});
