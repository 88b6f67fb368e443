import type { ReactNode } from "react";

import { ButtonLink } from "./basics.tsx";
import { Page } from "./page.tsx";

/** What stands at an address where nothing is, and where nothing is for whoever looks. */
export function Nowhere(): ReactNode {
  return (
    <Page title="There is no such page">
      <p className="mb-4 text-muted">The address may be mistyped. Nothing is lost.</p>
      <ButtonLink href="/">Today</ButtonLink>
    </Page>
  );
}
