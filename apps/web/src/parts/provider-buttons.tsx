import { type ReactNode, useState } from "react";

import type { Problem } from "../core/problem-words.ts";
import { api } from "../data/api.ts";
import { client, problemOf } from "../data/connection.ts";
import { leaveFor } from "../data/provider-flow.ts";
import { Button, ProblemNote } from "./basics.tsx";

/** "Continue with …" for each account elsewhere that this server takes; nothing where it takes none. */
export function ProviderButtons(): ReactNode {
  const { data: server } = api.useServerQuery();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const providers = server?.sign_in_with ?? [];
  if (providers.length === 0) return null;
  const go = async (provider: string): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      const { data } = await client.call("auth.providerBegin", { params: { id: provider } });
      leaveFor(data.url, { provider, flow: data.flow, purpose: "sign-in" });
    } catch (error) {
      setProblem(problemOf(error));
      setBusy(false);
    }
  };
  return (
    <div className="mt-3 flex flex-col items-start gap-3">
      {providers.map(({ id, name }) => (
        <Button key={id} isDisabled={isBusy} onPress={() => void go(id)} data-testid={`provider-${id}`}>
          Continue with {name}
        </Button>
      ))}
      {problem !== null && <ProblemNote problem={problem} />}
    </div>
  );
}
