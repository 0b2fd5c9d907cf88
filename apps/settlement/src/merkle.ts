import { hash } from 'node:crypto';

/** One step of an inclusion proof: the hash beside the path, and on which side it is put. */
export interface ProofStep {
  readonly side: 'left' | 'right';
  readonly hash: Buffer;
}

const sha256 = (...parts: readonly Uint8Array[]): Buffer => hash('sha256', Buffer.concat(parts), 'buffer');

// Leaves and nodes are told apart, so that no inner node can be passed off as a leaf.
const leafMark = Buffer.from([0]);
const nodeMark = Buffer.from([1]);

/** Hash of a leaf (RFC 6962, 2.1): SHA-256(0x00 ‖ line in UTF-8). */
export const leafHash = (line: string): Buffer => sha256(leafMark, Buffer.from(line));

const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer => sha256(nodeMark, left, right);

/** Largest power of two below n, n > 1: the size of the left subtree. */
const leftSize = (n: number): number => 2 ** (31 - Math.clz32(n - 1));

/** Root of a Merkle tree (RFC 6962, 2.1) over leaf hashes in their order; of none SHA-256 of nothing. */
export function merkleRoot(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return sha256();
  let level = leaves;
  // Pairs from the left, a last one without a partner goes up as it is: the same tree as by halving at powers of two.
  while (level.length > 1) {
    const up: Buffer[] = [];
    for (let i = 0; i + 1 < level.length; i += 2) up.push(nodeHash(level[i] as Buffer, level[i + 1] as Buffer));
    if (level.length % 2 === 1) up.push(level.at(-1) as Buffer);
    level = up;
  }
  return level[0] as Buffer;
}

/**
 * What proves that the leaf at `index` is in the tree, from the leaf up (RFC 6962, 2.1.1).
 * @throws RangeError when there is no such leaf
 */
export function inclusionProof(leaves: readonly Buffer[], index: number): ProofStep[] {
  if (!Number.isInteger(index) || index < 0 || index >= leaves.length)
    throw new RangeError(`The tree has ${leaves.length} leaves; there is none at ${index}.`);
  if (leaves.length === 1) return [];
  const size = leftSize(leaves.length);
  const [left, right] = [leaves.slice(0, size), leaves.slice(size)];
  return index < size
    ? [...inclusionProof(left, index), { side: 'right', hash: merkleRoot(right) }]
    : [...inclusionProof(right, index - size), { side: 'left', hash: merkleRoot(left) }];
}

/** The root that a leaf has by its proof: equal to the published one if, and only if, it is in the tree. */
export function rootByProof(leaf: Buffer, proof: readonly ProofStep[]): Buffer {
  return proof.reduce((at, step) => (step.side === 'left' ? nodeHash(step.hash, at) : nodeHash(at, step.hash)), leaf);
}
