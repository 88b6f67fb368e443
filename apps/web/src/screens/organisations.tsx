import { type FormEvent, type ReactNode, useState } from "react";

import { countOf, formatMoment } from "../core/format.ts";
import { client } from "../data/connection.ts";
import { keeperApi, type WireTenant } from "../data/keeper-api.ts";
import { useAppDispatch, useAppSelector } from "../data/store.ts";
import type { OutputOf } from "../data/wire.ts";
import { Button, ButtonLink, CopyButton, Empty, Loading, ProblemNote } from "../parts/basics.tsx";
import { EndOrganisation } from "../parts/end-organisation.tsx";
import { Field } from "../parts/field.tsx";
import { Nowhere } from "../parts/nowhere.tsx";
import { Page, Section } from "../parts/page.tsx";
import { useGuardedCall } from "../parts/proof.tsx";

const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;
const NAME_RULE = "1 to 63 of a-z, 0-9 and hyphen, and a letter or digit first";

function stateWords({ ended_at: endedAt, invited_until: until, people, state, suspended_at: suspendedAt }: WireTenant) {
  const many = countOf(people, "person", "people");
  if (state === "ended") return `Ended ${endedAt === null ? "" : formatMoment(endedAt)}`;
  if (state === "suspended")
    return `${many} · suspended since ${suspendedAt === null ? "" : formatMoment(suspendedAt)}`;
  if (state === "waiting") return `Nobody yet · invited until ${until === null ? "" : formatMoment(until)}`;
  return state === "empty" ? "Nobody, and no invitation is open" : many;
}

interface OrganisationProps {
  readonly tenant: WireTenant;
  readonly onInvite: (id: string) => void;
}

function Organisation({ tenant, onInvite }: OrganisationProps): ReactNode {
  const { id, people, state } = tenant;
  const dispatch = useAppDispatch();
  const { run, problem, isBusy, dialog } = useGuardedCall();
  const [isEnding, setEnding] = useState(false);
  const isOut = state === "suspended";
  const change = (): Promise<void> =>
    run(async () => {
      await client.call(isOut ? "tenants.resume" : "tenants.suspend", { params: { id } });
      dispatch(keeperApi.util.invalidateTags(["Tenants"]));
    });
  const isChangeable = id !== "default" && state !== "ended";
  return (
    <li className="flex min-h-11 flex-wrap items-center gap-x-4 gap-y-2 py-2.5" data-testid="organisation">
      <span className={`min-w-0 flex-1 basis-60 ${isOut || state === "ended" ? "text-muted" : ""}`}>
        <span className="block break-all">
          {id}
          {id === "default" && " (runs this server)"}
        </span>
        <span className="block text-13 text-muted">{stateWords(tenant)}</span>
      </span>
      {isChangeable && (
        <span className="flex flex-wrap items-center gap-2">
          {people === 0 && !isOut && (
            <Button aria-label={`New link for ${id}`} onPress={() => onInvite(id)}>
              New link
            </Button>
          )}
          <Button
            isDisabled={isBusy}
            aria-label={`${isOut ? "Let in" : "Suspend"} ${id}`}
            onPress={() => void change()}
          >
            {isOut ? "Let in" : "Suspend"}
          </Button>
          <Button look="danger" aria-label={`End ${id}`} onPress={() => setEnding(true)}>
            End
          </Button>
        </span>
      )}
      {problem !== null && <ProblemNote problem={problem} safe="Nothing was changed" />}
      {dialog}
      {isEnding && <EndOrganisation tenant={tenant} onClose={() => setEnding(false)} />}
    </li>
  );
}

function Invitation({ invited }: { readonly invited: OutputOf<"tenants.create"> }): ReactNode {
  const link = `${location.origin}/signup?invite=${encodeURIComponent(invited.code)}`;
  return (
    <div
      className="mt-3 flex flex-wrap items-center gap-3 rounded-card border border-line bg-surface px-4 py-3"
      data-testid="organisation-link"
      aria-live="polite"
      // Asked for from a row far above, it would stay unseen.
      ref={(node) => node?.scrollIntoView({ block: "nearest" })}
    >
      <code className="min-w-0 flex-1 font-mono text-13 break-all">{link}</code>
      <CopyButton text={link} label="Copy link" look="plain" />
      <p className="w-full text-13 text-muted">
        Shown this once. Whoever signs up with it owns {invited.id}. Works once, until{" "}
        {formatMoment(invited.expires_at)}.
      </p>
    </div>
  );
}

function Keeping(): ReactNode {
  const { data, error, refetch } = keeperApi.useTenantsQuery();
  const [create, { data: invited, error: refused, isLoading }] = keeperApi.useCreateTenantMutation();
  const [name, setName] = useState("");
  const [isWrong, setWrong] = useState(false);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const isName = NAME.test(name.trim());
    setWrong(!isName);
    if (isName) void create({ id: name.trim() });
  };
  return (
    <div className="max-w-measure">
      <p className="text-muted">
        Each has people and memories of its own and sees nothing of the others. You see that it is there and how many
        people it has, never who they are or what they keep. Whoever is of a suspended one is out at once; what they
        keep stays.
      </p>
      {error !== undefined && <ProblemNote problem={error} onRetry={() => void refetch()} />}
      {data === undefined && error === undefined && <Loading what="Reading" />}
      {data !== undefined && (
        <Section title="On this server">
          <ul className="divide-y divide-line border-y border-line">
            {data.map((tenant) => (
              <Organisation key={tenant.id} tenant={tenant} onInvite={(id) => void create({ id })} />
            ))}
          </ul>
          {data.length === 1 && <Empty>There is no other. Make one below.</Empty>}
        </Section>
      )}
      <Section title="Make an organisation">
        <form className="flex max-w-form flex-col gap-4" onSubmit={submit} noValidate>
          <Field
            label="Name"
            hint="It never changes."
            error={isWrong ? `Must be ${NAME_RULE}` : undefined}
            input={{
              type: "text",
              autoComplete: "off",
              autoCapitalize: "none",
              spellCheck: false,
              value: name,
              onChange: (event) => (setName(event.target.value), setWrong(false)),
              "data-testid": "organisation-name",
            }}
          />
          <Button type="submit" isDisabled={isLoading} className="self-start" data-testid="make-organisation">
            Make a link for its owner
          </Button>
        </form>
        {refused !== undefined && <ProblemNote problem={refused} />}
        {invited !== undefined && refused === undefined && <Invitation invited={invited} />}
      </Section>
    </div>
  );
}

/** Organisations of the server, for owners of the one that runs it; for anybody else there is no such page. */
export function Organisations(): ReactNode {
  const user = useAppSelector((state) => state.session.user);
  if (user?.tenant !== "default" || user.role !== "owner") return <Nowhere />;
  return (
    <Page title="Organisations" testId="organisations" actions={<ButtonLink href="/settings">Back to Me</ButtonLink>}>
      <Keeping />
    </Page>
  );
}
