import { type FormEvent, type ReactNode, useState } from "react";

import { keeperApi, type WireMember } from "../data/keeper-api.ts";
import type { OutputOf } from "../data/wire.ts";
import { Button, ProblemNote } from "./basics.tsx";
import { Choice } from "./choice.tsx";
import { Field } from "./field.tsx";
import { Icon } from "./icon.tsx";
import { Section } from "./page.tsx";

const ACTIONS = [
  { value: "memory.read", label: "Read a memory" },
  { value: "memory.edit", label: "Change a memory" },
  { value: "memory.forget", label: "Forget a memory" },
  { value: "grant.give", label: "Share" },
  { value: "import.create", label: "Import" },
  { value: "key.create", label: "Make a key" },
  { value: "invite.create", label: "Invite somebody" },
  { value: "user.change", label: "Change users" },
  { value: "audit.read", label: "Read the audit log" },
  { value: "server.status", label: "See the status" },
  { value: "server.rebuild", label: "Rebuild a view" },
] as const;

type Explanation = OutputOf<"policy.explain">;

function Answer({ explanation }: { readonly explanation: Explanation }): ReactNode {
  return (
    <div className="mt-3 rounded-card border border-line bg-surface px-4 py-3" data-testid="explanation">
      <p className="flex items-center gap-2 font-medium">
        <Icon name={explanation.allow ? "check" : "close"} className="size-4.5" />
        {explanation.allow ? "Yes" : "No"}: {explanation.text}
      </p>
      <ol className="mt-2 list-decimal ps-5 text-13 text-muted">
        {explanation.steps.map((step) => (
          <li key={step.question}>{step.text}</li>
        ))}
      </ol>
    </div>
  );
}

/** Why may she, or not? The policy's own steps. Of others' memories it knows nothing. */
export function WhyMay({ users }: { readonly users: readonly WireMember[] }): ReactNode {
  const [as, setAs] = useState(users[0]?.id ?? "");
  const [action, setAction] = useState<(typeof ACTIONS)[number]["value"]>("memory.read");
  const [memory, setMemory] = useState("");
  const [explain, { data, error, isLoading }] = keeperApi.useExplainMutation();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const named = memory.trim();
    void explain({ as, action, ...(named === "" ? {} : { memory: named }) });
  };
  const people = users.map(({ id, name }) => ({ value: id, label: name }));
  return (
    <Section title="Why may she?">
      <form className="flex max-w-measure flex-col gap-3" onSubmit={submit}>
        <div className="grid gap-3 sm:grid-cols-2">
          <Choice label="Who" value={as} options={people} onChange={setAs} />
          <Choice label="Does what" value={action} options={ACTIONS} onChange={setAction} />
        </div>
        <Field
          label="With a memory of yours"
          hint="Its id, from the address of its page. Leave it empty to ask in general."
          input={{ value: memory, onChange: (event) => setMemory(event.target.value), placeholder: "mem_…" }}
        />
        <Button type="submit" className="self-start" isDisabled={isLoading} data-testid="explain-button">
          Ask the rules
        </Button>
      </form>
      {error !== undefined && <ProblemNote problem={error} />}
      {data !== undefined && <Answer explanation={data} />}
    </Section>
  );
}
