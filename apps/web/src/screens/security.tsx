import type { ReactNode } from "react";

import { useAppSelector } from "../data/store.ts";
import { ApiKeys } from "../parts/api-keys.tsx";
import { Apps } from "../parts/apps.tsx";
import { ButtonLink } from "../parts/basics.tsx";
import { Devices } from "../parts/devices.tsx";
import { OwnKey } from "../parts/own-key.tsx";
import { Page, Section } from "../parts/page.tsx";
import { LinkedAccounts } from "../parts/linked-accounts.tsx";
import { Passkeys } from "../parts/passkeys.tsx";
import { EmailAddress } from "../parts/email-address.tsx";
import { PasswordChange } from "../parts/password-change.tsx";
import { SentCodes } from "../parts/sent-codes.tsx";
import { TwoFactor } from "../parts/two-factor.tsx";

/** How the signed-in person signs in, where they are signed in, and which programs may come in their name. */
export function Security(): ReactNode {
  const role = useAppSelector((state) => state.session.user?.role);
  return (
    <Page title="Security" testId="security" actions={<ButtonLink href="/settings">Back to Me</ButtonLink>}>
      <div className="max-w-measure">
        <TwoFactor />
        <SentCodes />
        <Passkeys />
        <PasswordChange />
        <LinkedAccounts />
        <EmailAddress />
        <Section title="What only you can read">
          <ButtonLink href="/settings/security/seal">Passphrase and recovery key for Ultra-secret</ButtonLink>
        </Section>
        <OwnKey />
        <Devices />
        <Apps />
        {role !== "guest" && <ApiKeys />}
      </div>
    </Page>
  );
}
