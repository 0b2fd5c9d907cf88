import { partitionCount, partitionOf, type CopyRef } from '@slipstream/contracts';
import { noMarks, reviveMarks, reviveProvider, type LineMarks, type Provider } from '@slipstream/domain';
import type { Store } from '@slipstream/streams';

/** A follower of a provider, an aggregate of its own: an order of the provider saves only the provider. */
export interface Follower {
  readonly providerId: string;
  readonly accountId: string;
  readonly copyId: string;
  /** First order number owed to it. */
  readonly fromOrder: number;
}

/** The copies owed an outcome, per accounts partition, sorted by copyId. A lane is replaced, never changed. */
export type Lanes = readonly (readonly CopyRef[])[];

const marksId = 'marks';
const providerKey = (providerId: string): string => `provider/${providerId}`;
const followerKey = (providerId: string, copyId: string): string => `follower/${providerId}/${copyId}`;
const noLanes: Lanes = Array.from({ length: partitionCount }, () => []);

/** Providers of one partition. */
export class Providers {
  private readonly lanes = new Map<string, Lanes>();
  private readonly accounts = new Set<string>();

  constructor(
    private readonly store: Store,
    readonly partition: number,
  ) {
    for (const [id, value] of store.entries()) if (id.startsWith('follower/')) this.index(value as Follower);
  }

  get marks(): LineMarks {
    return this.store.get<LineMarks>(marksId) ?? noMarks;
  }
  set marks(marks: LineMarks) {
    this.store.set(marksId, marks);
  }

  provider(providerId: string): Provider | undefined {
    return this.store.get<Provider>(providerKey(providerId));
  }
  setProvider(provider: Provider): void {
    this.store.set(providerKey(provider.providerId), provider);
  }

  follower(providerId: string, copyId: string): Follower | undefined {
    return this.store.get<Follower>(followerKey(providerId, copyId));
  }
  isFollowedBy(providerId: string, accountId: string): boolean {
    return this.accounts.has(followerKey(providerId, accountId));
  }
  lanesOf(providerId: string): Lanes {
    return this.lanes.get(providerId) ?? noLanes;
  }
  owedBy(providerId: string): number {
    return this.lanesOf(providerId).reduce((sum, lane) => sum + lane.length, 0);
  }

  addFollower(follower: Follower): void {
    this.store.set(followerKey(follower.providerId, follower.copyId), follower);
    this.index(follower);
  }

  removeFollower(providerId: string, accountId: string, copyId: string): void {
    this.store.delete(followerKey(providerId, copyId));
    this.accounts.delete(followerKey(providerId, accountId));
    this.changeLane(providerId, accountId, (lane) => lane.filter((ref) => ref.copyId !== copyId));
  }

  private index({ providerId, accountId, copyId }: Follower): void {
    this.accounts.add(followerKey(providerId, accountId));
    this.changeLane(providerId, accountId, (lane) => {
      const at = lane.findLastIndex((ref) => ref.copyId < copyId) + 1;
      return lane.toSpliced(at, 0, { accountId, copyId });
    });
  }

  private changeLane(providerId: string, accountId: string, change: (lane: readonly CopyRef[]) => CopyRef[]): void {
    const partition = partitionOf(accountId, partitionCount);
    const lanes = this.lanesOf(providerId);
    this.lanes.set(providerId, lanes.with(partition, change(lanes[partition] as readonly CopyRef[])));
  }
}

/** Aggregates as they were saved, made usable again. */
export function revive(id: string, json: unknown): object {
  if (id.startsWith('provider/')) return reviveProvider(json);
  return id === marksId ? reviveMarks(json) : (json as Follower);
}
