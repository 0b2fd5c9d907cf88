import { decimal, orderCommission, text } from '../src/index.js';

describe('a commission per copied order', () => {
  const order = { orderId: 'a~p~1#7', filled: decimal('0.5') };
  test.each<[string, string, string, string, string | null]>([
    ['is charged', '0.5', '0.05', '100', '0.05'],
    ['is charged for a short too', '-0.5', '0.05', '100', '0.05'],
    ['is cut to what is available', '0.5', '0.05', '0.02', '0.02'],
    ['isn’t charged where nothing is available', '0.5', '0.05', '-1', null],
    ['isn’t charged for an order without a fill', '0', '0.05', '100', null],
    ['isn’t charged where none is configured', '0.5', '0', '100', null],
  ])('%s', (_, filled, commission, available, charged) => {
    const given = { ...order, filled: decimal(filled) };
    const taken = orderCommission(given, decimal(commission), decimal(available));
    expect(taken && [taken.commissionId, text(taken.charged)]).toEqual(charged && ['a~p~1#7/commission', charged]);
    expect(orderCommission(given, decimal(commission), decimal(available))).toEqual(taken);
  });
});
