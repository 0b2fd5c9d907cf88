import type { ProviderOrder } from '@slipstream/contracts';
import { instrumentTable } from '@slipstream/domain';
import { CopyLine, lineOf } from './copy-line.js';
import { Journal, ProviderLine, sequenceOf } from './history.js';

const dayMs = 86_400_000;
/** Copies are valued at midnights and quarter hours. */
export const quarterMs = 900_000;
/** The first two are of one line. */
export const providerIds = ['p1', 'p2', 'p3'];
/** Of accounts.events. */
export const partitions = [1, 4, 9];
export const swap = 'ETH-USDT-SWAP';
export const instruments = instrumentTable({ BTCUSDT: { lot: '0.001' }, [swap]: { lot: '1', contractSize: '0.01' } });

type Below = (n: number) => number;
const oneOf = <T>(below: Below, all: readonly T[]): T => all[below(all.length)] as T;

/** A market with three providers, and their copies in three partitions of accounts.events. */
export class World {
  readonly providers = new ProviderLine(new Journal('providers.events', 0));
  readonly lines = partitions.map((partition) => new CopyLine(new Journal('accounts.events', partition), instruments));
  readonly waiting: { readonly line: CopyLine; readonly copyId: string; readonly providerId: string }[] = [];
  at = dayMs;
  private readonly prices: Record<string, number> = { BTCUSDT: 100, [swap]: 50 };
  private sequence = 0;

  constructor(readonly below: Below) {
    for (const id of providerIds) this.providers.register(id, '10000', 0);
  }

  /** A day, an hour or a moment goes by; each partition hears of the marks when its tick comes. */
  tick(boundary = this.below(4) === 0): void {
    const { below } = this;
    this.at = boundary ? this.at - (this.at % dayMs) + dayMs : this.at + below(dayMs / 4);
    if (!boundary && below(2) === 0) this.at += quarterMs - (this.at % quarterMs);
    for (const id of Object.keys(this.prices)) {
      const price = this.prices[id] ?? 1;
      this.prices[id] = Math.max(3, price + below(21) - 10 - (below(12) === 0 ? Math.floor(price / 2) : 0));
    }
    for (const line of new Set(providerIds.map(lineOf)))
      for (const copies of this.lines) {
        const changed = boundary ? Object.keys(this.prices) : Object.keys(this.prices).filter(() => below(3) > 0);
        copies.tick(line, this.at, boundary, Object.fromEntries(changed.map((id) => [id, this.price(id)])));
      }
  }

  /** What an instrument trades at now: near its mark. */
  price = (instrument: string): string => `${this.prices[instrument]}.${this.below(100)}`;

  fill(providerId: string): readonly ProviderOrder[] {
    const { below } = this;
    const before = this.providers.orders.length;
    const source = {
      instrument: oneOf(below, ['BTCUSDT', swap]),
      side: oneOf(below, ['buy', 'sell'] as const),
      positionSide: oneOf(below, ['long', 'short', 'net'] as const),
    };
    const [price, quantity, fee] = [this.price(source.instrument), String(1 + below(5)), '0'];
    const fill = { tradeId: null, price, quantity, fee, feeAsset: 'USDT', realisedPnl: null, occurredAt: this.at };
    this.providers.fill(providerId, source, { ...fill, sequence: ++this.sequence });
    return this.providers.orders.slice(before);
  }

  ordersOf = (providerId: string): readonly ProviderOrder[] =>
    this.providers.orders.filter((order) => order.providerId === providerId);

  start(copies: CopyLine, providerId: string): void {
    const account = `f${copies.journal.partition}${this.below(3)}`;
    const copyId = copies.start(
      account,
      providerId,
      String(50 + this.below(400)),
      String(20 + this.below(200)),
      this.at,
    );
    this.waiting.push({ line: copies, copyId, providerId });
  }

  /** The provider's side answers: admitted, with or without open positions to join, or refused. */
  answer(): void {
    const asked = this.waiting.shift();
    if (asked === undefined) return;
    const { line, copyId, providerId } = asked;
    if (this.below(6) === 0) return line.refuse(copyId, this.at);
    const orders = this.ordersOf(providerId);
    const open = this.below(2) === 0 ? orders.findLast(({ effect }) => effect === 'open') : undefined;
    line.confirm(copyId, orders.length + 1, open === undefined ? [] : [open], this.at);
  }

  /** Some orders in flight end: filled, in part, or not at all. */
  end(copies: CopyLine): void {
    const { below } = this;
    const fractions = ['1', '1', '1', '1', '0.6', '0.3', '0'];
    const fill = (instrument: string) => ({ fraction: oneOf(below, fractions), price: this.price(instrument) });
    copies.end(
      () => below(4) > 0,
      ({ leadPositionId }) => fill(leadPositionId.includes('BTC') ? 'BTCUSDT' : swap),
      this.at,
    );
  }
}

function something(world: World): void {
  const { below, at } = world;
  const copies = oneOf(below, world.lines);
  const providerId = oneOf(below, providerIds);
  const copyId = oneOf(below, [...copies.copies.keys(), '']);
  const what = below(24);
  if (what < 4) return world.tick();
  if (what < 6) return world.start(copies, providerId);
  if (what < 9) return world.answer();
  if (what < 14) {
    // Now and then a partition never sees an order: the next one tells of it.
    for (const order of world.fill(providerId)) for (const line of world.lines) if (below(12) > 0) line.decide(order);
    return;
  }
  if (what < 19) return world.end(copies);
  if (what === 19) {
    // The promise broken: a decision or an end that is told again.
    const told = copies.journal.records.filter(({ event }) => /CopiesDecided|CopyOrdersEnded/.test(event.type));
    if (below(3) === 0 && told.length > 0) copies.journal.add(oneOf(below, told).event);
    return;
  }
  if (copyId === '') return;
  if (what === 20) copies.moveFunds(copyId, `${1 + below(300)}.25`, below(2) === 0, at);
  else if (what === 21) copies.pause(copyId, at);
  else if (what === 22) copies.closeByHand(copyId, at);
  else copies.stop(copyId, oneOf(below, ['market_close', 'copy_close']), at);
}

/** A world in which much has happened; the same for a seed. */
export function randomWorld(seed: number): World {
  const world = new World(sequenceOf(seed));
  for (const copies of world.lines) for (const id of providerIds) world.start(copies, id);
  for (let i = world.waiting.length; i > 0; i--) world.answer();
  const events = 150 + world.below(250);
  for (let i = 0; i < events; i++) something(world);
  // The last marks are those that copies are valued at.
  world.tick(true);
  return world;
}
