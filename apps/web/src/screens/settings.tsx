import type { ReactNode } from "react";

import { leave } from "../data/actions.ts";
import { api } from "../data/api.ts";
import { type Appearance, interfaceSlice } from "../data/interface.ts";
import { useAppDispatch, useAppSelector, useRunsServer } from "../data/store.ts";
import { Button, ButtonLink, Name, TextLink } from "../parts/basics.tsx";
import { Lessons } from "../parts/lessons.tsx";
import { SentUpTo } from "../parts/meaning.tsx";
import { OnOff } from "../parts/on-off.tsx";
import { Page, Section } from "../parts/page.tsx";
import { Segmented } from "../parts/segmented.tsx";

const APPEARANCES: readonly { readonly value: Appearance; readonly label: string }[] = [
  { value: "system", label: "As the system" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];

function Interface(): ReactNode {
  const dispatch = useAppDispatch();
  const { appearance, shortcuts } = useAppSelector((state) => state.interface);
  return (
    <Section title="This browser">
      <div className="flex flex-col gap-4">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
          <span className="w-40">Appearance</span>
          <Segmented
            label="Appearance"
            value={appearance}
            options={APPEARANCES}
            onChange={(value) => dispatch(interfaceSlice.actions.appearanceChosen(value))}
          />
        </div>
        <OnOff
          label="Single-key shortcuts"
          isOn={shortcuts}
          onChange={(on) => void dispatch(interfaceSlice.actions.shortcutsSwitched(on))}
        />
      </div>
    </Section>
  );
}

/** The places for which the bar of a phone has no room. */
function MorePlaces(): ReactNode {
  const runsServer = useRunsServer();
  return (
    <p className="mt-4 flex flex-wrap gap-x-5 gap-y-2 md:hidden">
      <TextLink href="/timeline">Timeline</TextLink>
      <TextLink href="/review">Review</TextLink>
      <TextLink href="/import">Imports</TextLink>
      {runsServer && <TextLink href="/status">Status</TextLink>}
    </p>
  );
}

/** The signed-in person's own page. */
export function Settings(): ReactNode {
  const dispatch = useAppDispatch();
  const user = useAppSelector((state) => state.session.user);
  const { data: server } = api.useServerQuery();
  if (user === null) return null;
  const isKeeper = user.role === "owner" || user.role === "admin";
  const isApart = user.tenant !== "default";
  return (
    <Page title="Me" actions={<Button onPress={() => void dispatch(leave())}>Sign out</Button>}>
      <div className="max-w-measure">
        <p className="text-18 font-medium">
          <Name text={user.name} />
        </p>
        <p className="text-muted">
          <bdi>{user.phone}</bdi> · {user.role}
          {isApart && ` of ${user.tenant}`}
        </p>
        <MorePlaces />
        <Interface />
        <Section title="Your day">
          <ButtonLink href="/settings/day">When it is told, and by which ways</ButtonLink>
        </Section>
        <Lessons />
        <Section title="Security">
          <ButtonLink href="/settings/security">Password, two-factor sign-in, devices, keys</ButtonLink>
        </Section>
        <Section title="Sharing">
          <ButtonLink href="/settings/sharing">What is shared, with whom, until when</ButtonLink>
        </Section>
        {isKeeper && (
          <Section title={isApart ? "This organisation" : "This server"}>
            <p className="flex flex-wrap gap-3">
              <ButtonLink href="/settings/users">Users and invitations</ButtonLink>
              <ButtonLink href="/settings/audit">Audit log</ButtonLink>
              {!isApart && user.role === "owner" && (
                <ButtonLink href="/settings/organisations">Organisations</ButtonLink>
              )}
            </p>
          </Section>
        )}
        <Section title="AI provider">
          <ButtonLink href="/settings/provider">What is sent to which provider, and what it costs</ButtonLink>
        </Section>
        <Section title="How long it is kept">
          <ButtonLink href="/settings/retention">Seven years or as you say, and what goes next</ButtonLink>
        </Section>
        <Section title="Forget & export">
          <ButtonLink href="/settings/forget">Take everything along, erase, receipts</ButtonLink>
        </Section>
        <Section title="About">
          <p className="text-13 text-muted">
            Kaelix {server?.version ?? ""}. {server !== undefined && <SentUpTo level={server.sent_up_to} />}
          </p>
          <Button
            look="quiet"
            icon="help"
            className="-ms-3.5 mt-2"
            onPress={() => dispatch(interfaceSlice.actions.overlayChanged("help"))}
          >
            Keys, and what the signs mean
          </Button>
        </Section>
      </div>
    </Page>
  );
}
