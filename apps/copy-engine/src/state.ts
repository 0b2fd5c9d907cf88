import { partitionCount, partitionOf, type CopyRef } from '@slipstream/contracts';
import { noMarks, reviveMarks, reviveProvider, type LineMarks, type Provider } from '@slipstream/domain';
import type { Store } from '@slipstream/streams';
import { noHalts, type Halts } from './kill-switch.js';
import { profileFrom, type Profile } from './profile.js';

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
const haltsId = 'halts';
const profileKey = (providerId: string): string => `profile/${providerId}`;
const providerKey = (providerId: string): string => `provider/${providerId}`;
const followerKey = (providerId: string, copyId: string): string => `follower/${providerId}/${copyId}`;
const noLanes: Lanes = Array.from({ length: partitionCount }, () => []);

/** Lane of an account: its accounts partition. */
export const laneOf = (accountId: string): number => partitionOf(accountId, partitionCount);

/** Providers of one partition. */
export class Providers {
  private readonly lanes = new Map<string, Lanes>();
  /** Copy of an account, by `follower/<provider>/<account>`. */
  private readonly accounts = new Map<string, CopyRef>();

  /** Providers with a profile, and those of them with announced terms. */
  private readonly known = new Set<string>();
  private readonly announced = new Set<string>();

  constructor(
    private readonly store: Store,
    readonly partition: number,
  ) {
    for (const [id, value] of store.entries()) {
      if (id.startsWith('follower/')) this.index(value as Follower);
      else if (id.startsWith('profile/')) this.know(value as Profile);
    }
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

  get halts(): Halts {
    return this.store.get<Halts>(haltsId) ?? noHalts;
  }
  set halts(halts: Halts) {
    this.store.set(haltsId, halts);
  }

  /** A provider that an earlier version registered has the profile such a one had: public, no terms but its share. */
  profile(providerId: string): Profile | undefined {
    const known = this.store.get<Profile>(profileKey(providerId));
    if (known || !this.provider(providerId)) return known;
    return profileFrom({ ...earlierTerms, providerId });
  }
  setProfile(profile: Profile): void {
    this.store.set(profileKey(profile.providerId), profile);
    this.know(profile);
  }
  /** All profiles, sorted by provider. */
  profiles(): Profile[] {
    return [...this.known].sort().map((providerId) => this.profile(providerId) as Profile);
  }
  /** Profiles with terms that are announced, sorted by provider. */
  announcing(): Profile[] {
    return [...this.announced].sort().map((providerId) => this.profile(providerId) as Profile);
  }

  follower(providerId: string, copyId: string): Follower | undefined {
    return this.store.get<Follower>(followerKey(providerId, copyId));
  }
  /** The copy an account has of the provider. */
  copyOf(providerId: string, accountId: string): CopyRef | undefined {
    return this.accounts.get(followerKey(providerId, accountId));
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

  private know({ providerId, announced }: Profile): void {
    this.known.add(providerId);
    if (announced) this.announced.add(providerId);
    else this.announced.delete(providerId);
  }

  private index({ providerId, accountId, copyId }: Follower): void {
    this.accounts.set(followerKey(providerId, accountId), { accountId, copyId });
    this.changeLane(providerId, accountId, (lane) => {
      const at = lane.findLastIndex((ref) => ref.copyId < copyId) + 1;
      return lane.toSpliced(at, 0, { accountId, copyId });
    });
  }

  private changeLane(providerId: string, accountId: string, change: (lane: readonly CopyRef[]) => CopyRef[]): void {
    const partition = laneOf(accountId);
    const lanes = this.lanesOf(providerId);
    this.lanes.set(providerId, lanes.with(partition, change(lanes[partition] as readonly CopyRef[])));
  }
}

/** What a provider of an earlier version is taken to have agreed to. */
const earlierTerms = {
  type: 'ProviderRegistered',
  requestId: '',
  displayName: '',
  startingCapital: '0',
  profitShareRatio: '0.1',
  feeModel: 'profit_share',
  subscriptionPrice: null,
  settlementPeriod: 'weekly',
  ownerId: '',
  country: '',
  disclaimerVersion: '',
  visibility: 'public',
  occurredAt: 0,
} as const;

/** Aggregates as they were saved, made usable again. */
export function revive(id: string, json: unknown): object {
  if (id.startsWith('provider/')) return reviveProvider(json);
  // Followers, profiles and halts are plain.
  return id === marksId ? reviveMarks(json) : (json as object);
}
