/** The key that a browser seals with, as the fake keeps it: for looking at the screens, not at what is sealed. */
import type { RouteName } from "@kaelix/contract";

import type { OutputOf } from "../data/wire.ts";
import { needProof } from "./fake-access.ts";
import { fakeId } from "./fake-data.ts";
import { type FakeAnswer, type FakeRequest, type FakeState } from "./fake-state.ts";

type WireSeal = OutputOf<"seal.read">;

/** Answers what belongs to sealing. @throws FakeProblem */
export function seal(state: FakeState, name: RouteName, { body }: FakeRequest): FakeAnswer | undefined {
  switch (name as string) {
    case "seal.read":
      return { data: shown(state) };
    case "seal.change": {
      needProof(state);
      // Parsed by the contract's schema before it came here.
      const { key_id, revision, wraps } = body as Pick<WireSeal, "key_id" | "revision" | "wraps">;
      state.seal = { revision: revision + 1, key_id, tenant: "default", wraps };
      return { data: shown(state) };
    }
    case "seal.place":
      return { data: { id: fakeId("mem") } };
    default:
      return undefined;
  }
}

function shown({ seal: kept, user }: FakeState): WireSeal {
  return user?.open_up_to === "ultra-secret" ? kept : { ...kept, wraps: null };
}
