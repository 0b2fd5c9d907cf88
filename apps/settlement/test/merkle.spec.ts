import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { inclusionProof, leafHash, merkleRoot, rootByProof } from '../src/merkle.js';

const sha256 = (...parts: Buffer[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();

/** RFC 6962, 2.1, word for word. */
function byTheBook(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return sha256(Buffer.alloc(0));
  if (leaves.length === 1) return leaves[0] as Buffer;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return sha256(Buffer.from([1]), byTheBook(leaves.slice(0, k)), byTheBook(leaves.slice(k)));
}

const treeOf = (n: number): Buffer[] => Array.from({ length: n }, (_, i) => leafHash(`line ${i}`));

describe('Merkle trees', () => {
  test.each([
    // The vectors that implementations of RFC 6962 share (certificate-transparency, merkle_tree_test).
    [0, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    [1, '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
    [2, 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'],
    [3, 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77'],
  ])('of %i well-known leaves', (size, root) => {
    const inputs = [Buffer.alloc(0), Buffer.from([0]), Buffer.from([0x10])];
    const leaves = inputs.slice(0, size).map((input) => leafHash(input.toString('latin1')));
    expect(merkleRoot(leaves).toString('hex')).toBe(root);
  });

  test('are those of the book at any size', () => {
    for (let size = 0; size <= 70; size++) expect(merkleRoot(treeOf(size))).toEqual(byTheBook(treeOf(size)));
  });

  test('each leaf is proved to be in, and no other leaf by its proof', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 130 }), fc.nat(), (size, seed) => {
        const leaves = treeOf(size);
        const index = seed % size;
        const proof = inclusionProof(leaves, index);
        expect(proof.length).toBeLessThanOrEqual(Math.ceil(Math.log2(size)));
        expect(rootByProof(leaves[index] as Buffer, proof)).toEqual(merkleRoot(leaves));
        expect(rootByProof(leafHash('forged'), proof)).not.toEqual(merkleRoot(leaves));
      }),
    );
  });

  test.each([-1, 3, 0.5])('there is no leaf at %d of three', (index) => {
    expect(() => inclusionProof(treeOf(3), index)).toThrow(`The tree has 3 leaves; there is none at ${index}.`);
  });
});
