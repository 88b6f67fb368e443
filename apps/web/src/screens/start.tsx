import { type ReactNode } from "react";
import { Navigate } from "react-router";

import { formatDuration } from "../core/format.ts";
import { api } from "../data/api.ts";
import type { WireServer } from "../data/wire.ts";
import { Bar } from "../parts/bar.tsx";
import { Loading } from "../parts/basics.tsx";
import { Door } from "../parts/door.tsx";
import { Icon } from "../parts/icon.tsx";

const POLL_MS = 700;

function Step({ step }: { readonly step: WireServer["steps"][number] }): ReactNode {
  const isRunning = step.state === "running";
  const isMeasured = isRunning && step.progress > 0;
  return (
    <li className="flex items-center gap-3 py-2">
      <span className="flex size-5 items-center justify-center">
        {step.state === "done" && <Icon name="check" className="size-4.5 text-accent" />}
        {step.state === "failed" && <Icon name="alert" className="size-4.5 text-danger" />}
        {step.state === "waiting" && <span className="size-1.5 rounded-full bg-border" />}
        {isRunning && <span className="turning size-4 rounded-full border-2 border-line border-t-accent" />}
      </span>
      <span className={`w-24 ${step.state === "waiting" ? "text-muted" : ""}`}>{step.name}</span>
      {isMeasured ? (
        <Bar label={step.name} share={step.progress} className="flex-1" />
      ) : (
        <span className="flex-1 text-13 text-muted">{step.detail ?? (isRunning ? "at work" : "")}</span>
      )}
      <span className="text-13 text-muted tabular-nums">
        {step.took_ms === null ? "" : formatDuration(step.took_ms)}
      </span>
    </li>
  );
}

/** The first page: how far the start is, then on to sign-up or sign-in. */
export function Start(): ReactNode {
  const { data, error } = api.useServerQuery(undefined, { pollingInterval: POLL_MS });
  if (data?.ready === true) return <Navigate to={data.claimed ? "/login" : "/signup"} replace />;
  return (
    <Door title="Starting" lead="This page goes on by itself. The first start takes the longest.">
      {data === undefined ? (
        <Loading what={error === undefined ? "Asking the server" : "The server does not answer yet; asking again"} />
      ) : (
        <ol aria-live="polite" className="divide-y divide-line border-y border-line">
          {data.steps.map((step) => (
            <Step key={step.name} step={step} />
          ))}
        </ol>
      )}
    </Door>
  );
}
