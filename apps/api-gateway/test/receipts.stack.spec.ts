import { jest } from '@jest/globals';
import { createHash } from 'node:crypto';
import { receiptProofOf } from '@slipstream/read-model';
import { stopStack } from '@slipstream/testing';
import { openGateway, type Answer, type Gateway } from './open-gateway.js';
import { fillSettlements, monday, month, receipt } from './settlement-rows.js';

jest.setTimeout(60_000);

let gateway: Gateway;
const get = (path: string): Promise<Answer> => gateway.get(path);

beforeAll(async () => {
  gateway = await openGateway(fillSettlements);
});
afterAll(async () => {
  await gateway.close();
  await stopStack();
});

describe('GET /v1/settlements/{settlementId}', () => {
  const steps = [
    { name: 'equityBefore', formula: 'cash + unrealised = 1070 + 30', value: '1100' },
    {
      name: 'pnl',
      formula: 'equityBefore − equityOpening − deposits + withdrawals = 1100 − 1000 − 0 + 0',
      value: '100',
    },
    { name: 'gapWithdrawn', formula: 'Σ (gapBefore − gapAfter) of the withdrawals = 0', value: '0' },
    { name: 'gapBefore', formula: 'gapOpening − pnl − gapWithdrawn = 0 − 100 − 0', value: '-100' },
    { name: 'newProfit', formula: 'max(0, −gapBefore) = max(0, −(-100))', value: '100' },
    { name: 'gapAfter', formula: 'max(0, gapBefore) = max(0, (-100))', value: '0' },
    { name: 'accrued', formula: 'round(newProfit × profitShareRatio) = round(100 × 0.15)', value: '15' },
    { name: 'providerGross', formula: 'min(dueBefore + accrued, available) = min(0 + 15, 10)', value: '10' },
    { name: 'dueAfter', formula: 'dueBefore + accrued − providerGross = 0 + 15 − 10', value: '5' },
    { name: 'platformFee', formula: 'round(providerGross × platformFeeRatio) = round(10 × 0.02)', value: '0.2' },
    { name: 'providerNet', formula: 'providerGross − platformFee = 10 − 0.2', value: '9.8' },
    { name: 'equityAfter', formula: 'equityBefore − providerGross = 1100 − 10', value: '1090' },
  ];

  test.each(['f1~p~1%2Fperiod-', 'f1~p~1/period-'])('%s…: inputs, steps, where they come from, hash', async (path) => {
    const { status, body } = await get(`/v1/settlements/${path}${monday}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      notice: "Past results don't guarantee future results.",
      inputs: { equityOpening: '1000', cash: '1070', unrealised: '30', deposits: '0', available: '10', dueBefore: '0' },
      steps,
      rounding: 'round(…) is half-even, to 8 decimals',
      marks: [{ instrument: 'BTCUSDT', price: '130' }],
      // The deposit came later.
      ...{ flows: [], flowsLeftOut: 0, marksLeftOut: 0 },
      carried: {
        ...{ fromCopyId: 'f1~p~0', gap: '0', due: '0', amount: '1000' },
        logPosition: { topic: 'settlements.events', partition: 3, offset: 12 },
      },
      proof: {
        receipt: { topic: 'settlements.events', partition: 3, offset: 41 },
        measure: { topic: 'accounts.events', partition: 3, offset: 77 },
        charge: { topic: 'accounts.events', partition: 3, offset: 80 },
        hash: receiptProofOf(receipt),
      },
    });
  });

  test.each(['%2F', '/'])('a month has its two steps, slashes as %s', async (slash) => {
    const { status, body } = await get(`/v1/settlements/${month.chargeId.replaceAll('/', slash)}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...{ kind: 'subscription', chargeId: month.chargeId, accountId: 'f1', paid: true, price: '20' },
      steps: [
        { name: 'platformFee', formula: 'round(price × platformFeeRatio) = round(20 × 0.02)', value: '0.4' },
        { name: 'providerNet', formula: 'price − platformFee = 20 − 0.4', value: '19.6' },
      ],
      rounding: 'round(…) is half-even, to 8 decimals',
    });
  });

  test.each([receipt.settlementId, month.chargeId])(
    '%s: a stranger recomputes its hash from the answer',
    async (id) => {
      const { body } = await get(`/v1/settlements/${encodeURIComponent(id)}`);
      const { hash, hashed } = body['proof'] as { readonly hash: string; readonly hashed: string };
      expect(createHash('sha256').update(hashed, 'utf8').digest('hex')).toBe(hash);
      // What was hashed is what is shown.
      const shown = flat(body);
      const said = JSON.parse(hashed) as Record<string, unknown>;
      const names = Object.keys(said);
      expect(names).toEqual([...names].sort());
      for (const name of ['from', 'until', 'occurredAt']) said[name] = new Date(Number(said[name])).toISOString();
      expect(shown).toMatchObject(said);
    },
  );

  test('an id of 101 to 300 characters is looked for; a longer one is a problem', async () => {
    const long = `follower-0001~${'P'.repeat(64)}~1/period-1780272000000`;
    for (const id of [encodeURIComponent(long), long])
      expect(await get(`/v1/settlements/${id}`)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    const { status, headers, body } = await get(`/v1/settlements/${'x'.repeat(301)}`);
    expect([status, headers.get('content-type')]).toEqual([414, expect.stringContaining('application/problem+json')]);
    expect(body).toMatchObject({
      status: 414,
      code: 'bad_parameter',
      detail: expect.stringContaining('300') as unknown,
    });
    expect(await get('/v1/settlements/%zz')).toMatchObject({ status: 400, body: { code: 'bad_parameter' } });
  });
});

/** All values by name, log positions under the names that they are hashed by. */
function flat(body: Answer['body']): Record<string, unknown> {
  const { inputs, steps, proof, ...shown } = body as {
    readonly inputs?: Record<string, string>;
    readonly steps: readonly { readonly name: string; readonly value: string }[];
    readonly proof: Record<'receipt' | 'measure' | 'charge', { readonly partition: number; readonly offset: number }>;
  };
  return {
    ...shown,
    ...inputs,
    ...Object.fromEntries(steps.map(({ name, value }) => [name, value])),
    ...{ logPartition: proof.receipt.partition, logOffset: proof.receipt.offset },
    ...{ measuredAt: proof.measure?.offset, chargedAt: proof.charge.offset },
  };
}

test('tables of an earlier version are not ready, with a time to ask again', async () => {
  const paths = [`/v1/settlements/${encodeURIComponent(receipt.settlementId)}`, '/v1/copies/f1~p~1/settlement-preview'];
  for (const [change, back] of [
    ['ALTER TABLE share_flows RENAME TO later', 'ALTER TABLE later RENAME TO share_flows'],
    [
      'ALTER TABLE share_flows RENAME COLUMN period_no TO later',
      'ALTER TABLE share_flows RENAME COLUMN later TO period_no',
    ],
  ] as const) {
    await gateway.writer.query(change);
    for (const path of paths) {
      const { status, headers, body } = await get(path);
      expect([status, headers.get('content-type')]).toEqual([503, expect.stringContaining('application/problem+json')]);
      expect(body).toMatchObject({ code: 'not_ready', detail: expect.stringContaining('earlier version') as unknown });
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
    await gateway.writer.query(back);
  }
  for (const path of paths) expect((await get(path)).status).toBe(200);
});
