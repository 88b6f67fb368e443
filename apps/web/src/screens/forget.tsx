import type { ReactNode } from "react";

import { useAppSelector } from "../data/store.ts";
import { ButtonLink } from "../parts/basics.tsx";
import { EraseAccount } from "../parts/erase-account.tsx";
import { EraseProgram } from "../parts/erase-program.tsx";
import { EraseSource } from "../parts/erase-source.tsx";
import { Erasures } from "../parts/erasures.tsx";
import { NeverRecalled } from "../parts/never-recalled.tsx";
import { Page } from "../parts/page.tsx";
import { Takeout } from "../parts/takeout.tsx";

/** Taking everything along, and leaving nothing behind. */
export function Forget(): ReactNode {
  const role = useAppSelector((state) => state.session.user?.role);
  return (
    <Page title="Forget & export" testId="forget" actions={<ButtonLink href="/settings">Back to Me</ButtonLink>}>
      <div className="max-w-measure">
        {role !== "guest" && <Takeout />}
        <NeverRecalled />
        <EraseSource />
        <EraseProgram />
        <Erasures />
        <EraseAccount />
      </div>
    </Page>
  );
}
