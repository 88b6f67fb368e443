import type { ReactNode } from "react";

import { formatDay, formatMoment } from "../core/format.ts";
import { client } from "../data/connection.ts";
import { keeperApi, type WireMember } from "../data/keeper-api.ts";
import { useAppDispatch, useAppSelector } from "../data/store.ts";
import { Button, ButtonLink, Loading, Name, ProblemNote } from "../parts/basics.tsx";
import { Choice } from "../parts/choice.tsx";
import { Invites } from "../parts/invites.tsx";
import { Page, Section } from "../parts/page.tsx";
import { useGuardedCall } from "../parts/proof.tsx";
import { WhyMay } from "../parts/why-may.tsx";

const ROLES = [
  { value: "owner", label: "Owner" },
  { value: "admin", label: "Admin" },
  { value: "member", label: "Member" },
  { value: "guest", label: "Guest" },
] as const;

type Role = WireMember["role"];

function seenWords({ suspended_at: suspendedAt, last_seen_at: seenAt, registered_at: since }: WireMember): string {
  if (suspendedAt !== null) return `Suspended since ${formatMoment(suspendedAt)}`;
  const seen = seenAt === null ? "not signed in" : `last here ${formatMoment(seenAt)}`;
  return `Since ${formatDay(since)} · ${seen}`;
}

function Member({ member, isMe, mine }: { readonly member: WireMember; readonly isMe: boolean; readonly mine: Role }) {
  const dispatch = useAppDispatch();
  const { run, problem, isBusy, dialog } = useGuardedCall();
  const params = { id: member.id };
  const change = (call: () => Promise<unknown>): void =>
    void run(async () => {
      await call();
      dispatch(keeperApi.util.invalidateTags(["Users"]));
    });
  const mayChange = mine === "owner" || member.role === "member" || member.role === "guest";
  const roles = mine === "owner" ? ROLES : ROLES.slice(2);
  const isOut = member.suspended_at !== null;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-2.5" data-testid="member">
      <span className={`min-w-0 flex-1 basis-60 ${isOut ? "text-muted" : ""}`}>
        <span className="block">
          <Name text={member.name} />
          {isMe && " (you)"}
        </span>
        <span className="block text-13 text-muted">
          <bdi>{member.phone}</bdi>
          {!mayChange && ` · ${member.role}`}
        </span>
        <span className="block text-13 text-muted">{seenWords(member)}</span>
      </span>
      {mayChange && (
        <span className="flex items-center gap-2">
          <Choice
            isLabelHidden
            label={`Role of ${member.name}`}
            value={member.role}
            options={roles}
            onChange={(role) => change(() => client.call("users.setRole", { params, body: { role } }))}
          />
          {!isMe && (
            <Button
              isDisabled={isBusy}
              aria-label={`${isOut ? "Let in" : "Suspend"} ${member.name}`}
              onPress={() => change(() => client.call(isOut ? "users.restore" : "users.suspend", { params }))}
            >
              {isOut ? "Let in" : "Suspend"}
            </Button>
          )}
        </span>
      )}
      {problem !== null && <ProblemNote problem={problem} safe="Nothing was changed" />}
      {dialog}
    </li>
  );
}

/** Everybody of the installation, for those who run it. */
export function Users(): ReactNode {
  const me = useAppSelector((state) => state.session.user);
  const { data, error, refetch } = keeperApi.useUsersQuery();
  return (
    <Page title="Users" testId="users" actions={<ButtonLink href="/settings">Back to Me</ButtonLink>}>
      <div className="max-w-measure">
        <p className="text-muted">
          You see who there is, never what they keep. Whoever is suspended is out at once; what they keep stays.
        </p>
        {error !== undefined && <ProblemNote problem={error} onRetry={() => void refetch()} />}
        {data === undefined && error === undefined && <Loading what="Reading" />}
        {data !== undefined && me !== null && (
          <Section title="Everybody">
            <ul className="divide-y divide-line border-y border-line">
              {data.map((member) => (
                <Member key={member.id} member={member} isMe={member.id === me.id} mine={me.role} />
              ))}
            </ul>
          </Section>
        )}
        <Invites />
        {data !== undefined && <WhyMay users={data} />}
      </div>
    </Page>
  );
}
