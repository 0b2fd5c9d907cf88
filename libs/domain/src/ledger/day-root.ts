/** How a journal partition has closed a day. */
export interface PartitionClosing {
  readonly topic: string;
  readonly partition: number;
  /** Of the tick that closed it; null where the partition saw no tick in that day. */
  readonly offset: number | null;
  /** Chains that went on in the day: leaves of the partition's tree. */
  readonly heads: number;
  /** Root of the partition's tree, lowercase hex. */
  readonly root: string;
}

/** What the tree of a day has of a partition: a JSON array without spaces, in UTF-8. */
export const closingLine = ({ topic, partition, offset, heads, root }: PartitionClosing): string =>
  JSON.stringify([topic, partition, offset, heads, root]);

/**
 * What is hashed of a day: a JSON array without spaces, in UTF-8. r₀ = 32 zero bytes, r of a day = SHA-256(r of the last day
 * with a root before it ‖ this line).
 * @param day such as 2024-03-01
 * @param tree root of the tree over the closings of all partitions, lowercase hex
 */
export const rootLine = (day: string, tree: string): string => JSON.stringify([day, tree]);
