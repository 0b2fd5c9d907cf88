import type { LookupAddress } from 'node:dns';
import { publicLookup, refusalOf } from '../src/allow-url.js';
import { loadNotifierConfig } from '../src/config.js';

test.each([
  ['https://93.184.215.14/hook', null],
  ['https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]:8443/', null],
  ['http://93.184.215.14/hook', 'https://'],
  ['ftp://93.184.215.14/hook', 'https://'],
  ['hook', 'not a URL'],
  ['https://user:pass@93.184.215.14/', 'user or password'],
  ['https://127.0.0.1/', 'not a public address'],
  ['https://2130706433/', 'not a public address'],
  ['https://0x7f.1/', 'not a public address'],
  ['https://10.1.2.3/', 'not a public address'],
  ['https://172.31.0.1/', 'not a public address'],
  ['https://192.168.1.1/', 'not a public address'],
  ['https://169.254.169.254/latest/meta-data', 'not a public address'],
  ['https://100.64.0.1/', 'not a public address'],
  ['https://0.0.0.0/', 'not a public address'],
  ['https://[::1]/', 'not a public address'],
  ['https://[::ffff:10.0.0.1]/', 'not a public address'],
  ['https://[64:ff9b::a00:1]/', 'not a public address'],
  ['https://[2002:a00:1::]/', 'not a public address'],
  ['https://[fd00::1]/', 'not a public address'],
  ['https://[fe80::1]/', 'not a public address'],
  ['https://localhost/', 'which is not public'],
  ['https://no-such-host.invalid/', 'has no address'],
])('a webhook at %s: %s', async (url, refusal) => {
  const found = await refusalOf(url, false);
  if (refusal === null) expect(found).toBeNull();
  else expect(found).toContain(refusal);
});

test.each([
  ['http://127.0.0.1:8080/hook', null],
  ['http://[::1]:8080/hook', null],
  ['http://localhost:8080/hook', null],
  ['http://93.184.215.14/hook', 'https://'],
  ['http://10.0.0.1/hook', 'https://'],
  ['https://10.0.0.1/hook', 'not a public address'],
])('for development, %s: %s', async (url, refusal) => {
  const found = await refusalOf(url, true);
  if (refusal === null) expect(found).toBeNull();
  else expect(found).toContain(refusal);
});

test('a name that says another address by the time of the connection is refused then', async () => {
  const connect = (toLoopback: boolean): Promise<string | LookupAddress[]> =>
    new Promise((done, fail) => {
      publicLookup(toLoopback)('localhost', { all: true }, (error, address) => (error ? fail(error) : done(address)));
    });
  await expect(connect(false)).rejects.toThrow('which is not public');
  await expect(connect(true)).resolves.not.toEqual([]);
});

describe('configuration', () => {
  test('without any variable it is the schedule of Standard Webhooks, a day and 1,000 rows, nothing to loopback', () => {
    const { feed, webhooks } = loadNotifierConfig({});
    expect(feed).toEqual({ windowMs: 86_400_000, rowsMax: 1000 });
    expect(webhooks.toLoopback).toBe(false);
    expect(webhooks.retryDelaysMs.map((delayMs) => delayMs / 1000)).toEqual([
      5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400,
    ]);
  });

  test.each([
    [{ SKIP_DIGEST_HOURS: '5' }, 'SKIP_DIGEST_HOURS is "5": give 1, 2, 3, 4, 6, 8, 12 or 24 hours'],
    [{ WEBHOOK_RETRY_DELAYS_MS: '5s' }, 'WEBHOOK_RETRY_DELAYS_MS is "5s": give up to 20 waits'],
    [{ WEBHOOK_LEASE_MS: '900', WEBHOOK_TIMEOUT_MS: '1000' }, 'WEBHOOK_LEASE_MS is "900"'],
    [{ WEBHOOKS_TO_LOOPBACK: 'yes' }, 'WEBHOOKS_TO_LOOPBACK is "yes": use true (development) or false'],
  ])('%j is refused by name', (environment, sentence) => {
    expect(() => loadNotifierConfig(environment)).toThrow(sentence);
  });
});
