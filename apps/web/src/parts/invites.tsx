import { type ReactNode, useState } from "react";

import { formatMoment } from "../core/format.ts";
import { keeperApi } from "../data/keeper-api.ts";
import type { OutputOf } from "../data/wire.ts";
import { Button, CopyButton, Empty, Loading, ProblemNote } from "./basics.tsx";
import { Section } from "./page.tsx";
import { Segmented } from "./segmented.tsx";

const ROLES = [
  { value: "member", label: "Member" },
  { value: "admin", label: "Admin" },
  { value: "guest", label: "Guest" },
] as const;

type WireInvite = OutputOf<"invites.list">["data"][number];

function Invite({ invite }: { readonly invite: WireInvite }): ReactNode {
  const [end, { isLoading, error }] = keeperApi.useEndInviteMutation();
  return (
    <li className="flex min-h-11 flex-wrap items-center gap-x-4 py-2">
      <span className="min-w-0 flex-1">
        As {invite.role}
        <span className="block text-13 text-muted">until {formatMoment(invite.expires_at)}</span>
      </span>
      <Button
        isDisabled={isLoading}
        aria-label={`Take back the ${invite.role} invitation`}
        onPress={() => void end(invite.id)}
      >
        Take back
      </Button>
      {error !== undefined && <ProblemNote problem={error} />}
    </li>
  );
}

function OpenInvites(): ReactNode {
  const { data, error, refetch } = keeperApi.useInvitesQuery();
  if (error !== undefined) return <ProblemNote problem={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading what="Reading" />;
  const open = data.filter(({ state }) => state === "open");
  if (open.length === 0) return <Empty>No invitation is open.</Empty>;
  return (
    <ul className="mt-3 divide-y divide-line border-y border-line">
      {open.map((invite) => (
        <Invite key={invite.id} invite={invite} />
      ))}
    </ul>
  );
}

/** Inviting somebody, and the invitations that are open. */
export function Invites(): ReactNode {
  const [role, setRole] = useState<(typeof ROLES)[number]["value"]>("member");
  const [create, { data, error, isLoading }] = keeperApi.useCreateInviteMutation();
  const link = data === undefined ? "" : `${location.origin}/signup?invite=${encodeURIComponent(data.code)}`;
  return (
    <Section title="Invite somebody">
      <div className="flex flex-wrap items-center gap-3">
        <Segmented label="Role" value={role} options={ROLES} onChange={setRole} />
        <Button isDisabled={isLoading} onPress={() => void create({ role })} data-testid="make-invite">
          Make a link
        </Button>
      </div>
      <p className="mt-1.5 text-13 text-muted">
        They get a memory of their own. Nobody sees anybody else’s, you included, unless it is shared.
      </p>
      {error !== undefined && <ProblemNote problem={error} />}
      {data !== undefined && (
        <div className="mt-3 flex flex-wrap items-center gap-3 rounded-card border border-line bg-surface px-4 py-3">
          <code className="min-w-0 flex-1 font-mono text-13 break-all">{link}</code>
          <CopyButton text={link} label="Copy link" look="plain" />
          <p className="w-full text-13 text-muted">
            Shown this once. Works once, until {formatMoment(data.expires_at)}.
          </p>
        </div>
      )}
      <OpenInvites />
    </Section>
  );
}
