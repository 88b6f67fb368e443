import { expect, test } from "vitest";

import { hashLeaf, MerkleTree, verifyConsistency, verifyInclusion } from "./merkle.ts";

// The entries and roots of the reference implementation's tests (certificate-transparency, merkletree): hex.
const ENTRIES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
const ROOTS = [
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

function treeOf(size: number): MerkleTree {
  const tree = new MerkleTree();
  for (let at = 0; at < size; at++) tree.append(hashLeaf(Buffer.from(`entry ${at}`)));
  return tree;
}

test("MerkleTree has the roots of the reference tree", () => {
  const tree = new MerkleTree();
  expect(tree.root().toString("hex")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  for (const [at, entry] of ENTRIES.entries()) {
    tree.append(hashLeaf(Buffer.from(entry, "hex")));
    expect(tree.root().toString("hex")).toBe(ROOTS[at]);
  }
  for (const [at, root] of ROOTS.entries()) expect(tree.root(at + 1).toString("hex")).toBe(root);
});

test("inclusionProof shows every leaf in every tree up to 24, and nothing else", () => {
  const tree = treeOf(24);
  for (let size = 1; size <= 24; size++) {
    const root = tree.root(size);
    for (let index = 0; index < size; index++) {
      const hash = hashLeaf(Buffer.from(`entry ${index}`));
      const proof = tree.inclusionProof(index, size);
      expect(verifyInclusion({ hash, index }, { size, root }, proof)).toBe(true);
      expect(verifyInclusion({ hash, index: index + 1 }, { size, root }, proof)).toBe(false);
      expect(verifyInclusion({ hash: hashLeaf(Buffer.from("other")), index }, { size, root }, proof)).toBe(false);
      expect(verifyInclusion({ hash, index }, { size, root }, [...proof, root])).toBe(false);
      if (proof.length > 0) expect(verifyInclusion({ hash, index }, { size, root }, proof.slice(1))).toBe(false);
    }
  }
});

test("consistencyProof shows every tree up to 24 as the beginning of every later one, and of no other", () => {
  const tree = treeOf(24);
  const other = treeOf(0);
  for (let at = 0; at < 24; at++) other.append(hashLeaf(Buffer.from(at === 3 ? "changed" : `entry ${at}`)));
  for (let second = 1; second <= 24; second++) {
    for (let first = 1; first <= second; first++) {
      const [before, after] = [tree.root(first), tree.root(second)];
      const proof = tree.consistencyProof(first, second);
      expect(verifyConsistency({ size: first, root: before }, { size: second, root: after }, proof)).toBe(true);
      if (second < 5) continue;
      const forged = { size: second, root: other.root(second) };
      expect(verifyConsistency({ size: first, root: before }, forged, other.consistencyProof(first, second))).toBe(
        first <= 3,
      );
      if (first === second) continue;
      expect(verifyConsistency({ size: first, root: after }, { size: second, root: after }, proof)).toBe(false);
      expect(verifyConsistency({ size: first, root: before }, { size: second, root: after }, [...proof, before])).toBe(
        false,
      );
    }
  }
});
