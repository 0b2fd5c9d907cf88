import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPlatform, temporaryFolder } from './platform.js';

const seconds = 1000;

interface LeaderboardPage {
  readonly items: readonly { readonly providerId: string; readonly displayName: string }[];
}

async function leaderboard(output: string): Promise<LeaderboardPage> {
  const address = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0];
  const response = await fetch(`${address}/v1/leaderboard`);
  expect(response.status).toBe(200);
  return (await response.json()) as LeaderboardPage;
}

describe('npm start with the demo market: Ctrl-C and start again', () => {
  const dataDir = temporaryFolder();
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  test(
    'a dozen providers on the leaderboard, a clean stop, and the second start goes on from the same data',
    async () => {
      const options = ['--followers', '24', '--speed', '20000'];
      const first = startPlatform([...options, '--fresh'], { dataDir });
      await first.printed('paper money', 120 * seconds);
      await sleep(8 * seconds);
      const page = await leaderboard(first.output());
      expect(page.items).toHaveLength(12);
      const one = await first.interrupt();
      expect({ code: one.code, stderr: one.stderr }).toEqual({ code: 0, stderr: '' });
      expect(one.report!.copies.expectedOutcomes).toBeGreaterThan(0);

      const second = startPlatform(options, { dataDir });
      await second.printed('paper money', 60 * seconds);
      await sleep(8 * seconds);
      expect((await leaderboard(second.output())).items).toHaveLength(12);
      const two = await second.interrupt();
      expect(two.code).toBe(0);
      expect(two.report!.copies.providerOrders).toBeGreaterThan(one.report!.copies.providerOrders);
      expect(two.report!.copies.duplicated).toBe(0);
      expect(two.report!.ledgerSum).toBe('0');
      expect(Date.parse(two.report!.asOf)).toBeGreaterThan(Date.parse(one.report!.asOf));
    },
    300 * seconds,
  );
});
