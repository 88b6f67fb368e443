import type { ReactNode } from "react";

import { accessApi } from "../data/access-api.ts";
import { appsApi } from "../data/apps-api.ts";
import { useAppSelector } from "../data/store.ts";
import { Empty, Loading, ProblemNote } from "./basics.tsx";
import { EraseSome } from "./erase-some.tsx";
import { Section } from "./page.tsx";

/** One's own programs by name: those with a key that may tell something, and apps of others; ended ones, too. */
function Programs(): ReactNode {
  const isGuest = useAppSelector((state) => state.session.user?.role === "guest");
  const keys = accessApi.useKeysQuery(undefined, { skip: isGuest });
  const apps = appsApi.useAppsQuery();
  const error = keys.error ?? apps.error;
  const retry = (): void => {
    if (!isGuest) void keys.refetch();
    void apps.refetch();
  };
  if (error !== undefined) return <ProblemNote problem={error} onRetry={retry} />;
  if (apps.data === undefined || (keys.data === undefined && !isGuest)) return <Loading what="Reading" />;
  const agents = (keys.data?.data ?? []).filter(({ kind }) => kind === "agent");
  const options = [...agents, ...apps.data.data].map(({ id, name }) => ({ value: id, label: name }));
  const [first] = options;
  if (first === undefined) return <Empty>No program of yours has a key, and no app was let in.</Empty>;
  return (
    <>
      <EraseSome
        label="Everything that was told by"
        options={options}
        first={first.value}
        bodyOf={(id, since) => ({ key: { id, ...since } })}
        testId="erase-key"
      />
      <p className="mt-2 max-w-measure text-13 text-muted">
        Up to the level that is open. What it only changed stays; to have that as it was before, use Undo beside its key
        under Security.
      </p>
    </>
  );
}

/** Erases everything that a program told, since a day when one is given. */
export function EraseProgram(): ReactNode {
  return (
    <Section title="Forget what a program told">
      <Programs />
    </Section>
  );
}
