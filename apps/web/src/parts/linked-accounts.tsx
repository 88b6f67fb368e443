import { type ReactNode, useState } from "react";

import { formatMoment } from "../core/format.ts";
import { notify } from "../data/actions.ts";
import { api } from "../data/api.ts";
import { client } from "../data/connection.ts";
import { loginsApi } from "../data/logins-api.ts";
import { leaveFor } from "../data/provider-flow.ts";
import { useAppDispatch } from "../data/store.ts";
import type { OutputOf } from "../data/wire.ts";
import { Button, Loading, Name, ProblemNote } from "./basics.tsx";
import { Section } from "./page.tsx";
import { useGuardedCall } from "./proof.tsx";

type WireLink = OutputOf<"logins.list">["data"][number];

function Linked({
  account,
  isBusy,
  onRemove,
}: {
  readonly account: WireLink;
  readonly isBusy: boolean;
  readonly onRemove: () => void;
}): ReactNode {
  const [isLeaving, setLeaving] = useState(false);
  const words = account.label === null ? account.name : `${account.name}, ${account.label}`;
  return (
    <li className="flex min-h-11 flex-wrap items-center gap-x-4 gap-y-2 py-2" data-testid="linked-account">
      <span className="min-w-0 flex-1">
        <span className="block break-words">
          <Name text={words} />
        </span>
        <span className="text-13 text-muted">
          {account.last_used_at === null ? "Not used yet" : `Last used ${formatMoment(account.last_used_at)}`} · since{" "}
          {formatMoment(account.created_at)}
          {account.provider === null && " · not set up here any more"}
        </span>
      </span>
      {isLeaving ? (
        <span className="flex flex-wrap gap-3">
          <Button look="danger" isDisabled={isBusy} onPress={onRemove} data-testid="linked-remove">
            Remove
          </Button>
          <Button onPress={() => setLeaving(false)}>Keep it</Button>
        </span>
      ) : (
        <Button look="quiet-danger" aria-label={`Remove ${words}`} onPress={() => setLeaving(true)}>
          Remove…
        </Button>
      )}
    </li>
  );
}

/** Accounts elsewhere: which are linked, linking and removing. Nothing where this server takes none and none is linked. */
export function LinkedAccounts(): ReactNode {
  const dispatch = useAppDispatch();
  const { data: server } = api.useServerQuery();
  const { data, error, refetch } = loginsApi.useLoginsQuery();
  const guarded = useGuardedCall();
  const providers = server?.sign_in_with ?? [];
  const accounts = data?.data ?? [];
  if (providers.length === 0 && accounts.length === 0) return null;
  const link = (provider: string): void =>
    void guarded.run(async () => {
      const { data: begun } = await client.call("logins.begin", { body: { provider } });
      leaveFor(begun.url, { provider, flow: begun.flow, purpose: "link" });
    });
  const remove = (id: string): void =>
    void guarded.run(async () => {
      await client.call("logins.remove", { params: { id } });
      dispatch(loginsApi.util.invalidateTags(["Logins"]));
      dispatch(notify("Removed. That account opens nothing here any more."));
    });
  return (
    <Section title="Accounts elsewhere">
      {error !== undefined && <ProblemNote problem={error} onRetry={() => void refetch()} />}
      {data === undefined && error === undefined && <Loading what="Reading" />}
      {accounts.length > 0 && (
        <ul className="mb-3 divide-y divide-line border-y border-line">
          {accounts.map((account) => (
            <Linked key={account.id} account={account} isBusy={guarded.isBusy} onRemove={() => remove(account.id)} />
          ))}
        </ul>
      )}
      <div className="flex flex-wrap gap-3">
        {providers.map(({ id, name }) => (
          <Button key={id} isDisabled={guarded.isBusy} onPress={() => link(id)} data-testid={`link-${id}`}>
            Link {name}
          </Button>
        ))}
      </div>
      <p className="mt-1.5 max-w-measure text-13 text-muted">
        Sign in with an account you have there, instead of your password. It opens nothing above Confidential, and your
        password goes on working. Whoever gets into that account gets in here: two-factor sign-in keeps them out.
      </p>
      {guarded.problem !== null && <ProblemNote problem={guarded.problem} safe="Nothing was changed" />}
      {guarded.dialog}
    </Section>
  );
}
