import { type ReactNode, useEffect } from "react";

import { api } from "../data/api.ts";
import type { LeftBecause } from "../data/session.ts";
import { useAppSelector } from "../data/store.ts";
import { Mark } from "./icon.tsx";

interface DoorProps {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly children: ReactNode;
}

/** What is said to whoever was in a moment ago. */
const LEFT: Readonly<Record<LeftBecause, string>> = {
  ended: "You were signed out here: the session was ended from elsewhere, or its time was over.",
  erased: "The account and everything in it are erased. The receipt is among your downloads.",
};

/** The frame of everything before signing in: what this is, one task, the version. */
export function Door({ title, lead, children }: DoorProps): ReactNode {
  const { data } = api.useServerQuery();
  const left = useAppSelector((state) => state.session.left);
  useEffect(() => {
    document.title = `${title} · Kaelix`;
  }, [title]);
  return (
    <div className="grid min-h-dvh grid-cols-[minmax(0,1fr)] grid-rows-[1fr_auto] bg-bg lg:grid-cols-[minmax(0,5fr)_minmax(0,7fr)] lg:grid-rows-1">
      <aside className="hidden flex-col justify-between border-e border-line bg-surface px-10 py-9 lg:flex">
        <p className="flex items-center gap-2.5 text-18 font-semibold">
          <Mark /> Kaelix
        </p>
        <Scene />
        <p className="text-13 text-muted">Kaelix {data?.version ?? ""} · on this server, yours</p>
      </aside>
      <main className="flex w-full flex-col px-5 pt-8 pb-10 lg:justify-center lg:px-16 lg:py-16">
        <p className="mb-10 flex items-center gap-2.5 text-18 font-semibold lg:hidden">
          <Mark /> Kaelix
        </p>
        <div className="w-full max-w-form">
          {left !== null && (
            <p role="status" className="mb-6 border-s-2 border-accent ps-3" data-testid="left-because">
              {LEFT[left]}
            </p>
          )}
          <h1 className="text-28 font-semibold">{title}</h1>
          {lead !== undefined && <p className="mt-2 text-muted">{lead}</p>}
          <div className="mt-7">{children}</div>
        </div>
      </main>
      <footer className="px-5 pb-5 text-13 text-muted lg:hidden">Kaelix {data?.version ?? ""}</footer>
    </div>
  );
}

/** What the product does, as it looks inside. */
function Scene(): ReactNode {
  return (
    <div className="flex max-w-panel flex-col gap-3" aria-hidden="true">
      <p className="self-end rounded-bubble bg-own px-3.5 py-2">Mum is allergic to walnuts</p>
      <p className="self-end pe-1 text-12 text-muted">kept, found again, yours</p>
      <p className="mt-4 self-end rounded-bubble border border-line px-3.5 py-2">What can’t Mum eat?</p>
      <div className="self-start rounded-bubble border border-line bg-bg px-3.5 py-2">
        <p>
          “Mum is allergic to walnuts” <span className="text-12 text-accent">[1]</span>
        </p>
        <p className="mt-1.5 border-t border-line pt-1.5 text-12 text-muted">1 source · you, 3 February 2024</p>
      </div>
    </div>
  );
}
