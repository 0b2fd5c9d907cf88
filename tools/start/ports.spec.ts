import { createServer, type AddressInfo } from 'node:net';
import { portsFrom } from './ports.ts';

test('any port for the API is any for all', async () => {
  expect(await portsFrom(0)).toEqual({ 'api-gateway': 0, settlement: 0, notifier: 0 });
});

test('the ledger and the feeds have the ports next to the API’s, and any where one is taken or there is none', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as AddressInfo;
  try {
    expect(await portsFrom(port - 1)).toMatchObject({ 'api-gateway': port - 1, settlement: 0 });
    expect(await portsFrom(port - 2)).toMatchObject({ 'api-gateway': port - 2, notifier: 0 });
  } finally {
    await new Promise((resolve) => taken.close(resolve));
  }
  expect(await portsFrom(port - 1)).toMatchObject({ settlement: port });
  expect(await portsFrom(65_535)).toEqual({ 'api-gateway': 65_535, settlement: 0, notifier: 0 });
});
