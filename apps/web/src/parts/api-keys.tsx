import type { ReactNode } from "react";
import { useState } from "react";

import { formatMoment } from "../core/format.ts";
import { scopeWords } from "../core/key-presets.ts";
import { wordsOf } from "../core/levels.ts";
import { reachWords } from "../core/reach-words.ts";
import { accessApi } from "../data/access-api.ts";
import type { OutputOf } from "../data/wire.ts";
import { Button, Empty, Loading, Name, ProblemNote } from "./basics.tsx";
import { KeyForm } from "./key-form.tsx";
import { UndoKeyButton } from "./key-undo.tsx";
import { Section } from "./page.tsx";
import { ShownOnce } from "./shown-once.tsx";

type WireKeys = OutputOf<"keys.list">;
type WireKey = WireKeys["data"][number];

function stateWords(key: WireKey): string {
  if (key.state === "ended") return "Ended";
  if (key.state === "expired") return `Expired ${key.expires_at === null ? "" : formatMoment(key.expires_at)}`;
  const used = key.last_used_at === null ? "Never used" : `Last used ${formatMoment(key.last_used_at)}`;
  return `${used} · ${key.expires_at === null ? "does not expire" : `until ${formatMoment(key.expires_at)}`}`;
}

function Key({ item, scopes }: { readonly item: WireKey; readonly scopes: WireKeys["scopes"] }): ReactNode {
  const [end, { isLoading, error }] = accessApi.useEndKeyMutation();
  const level = item.kind === "agent" ? ` · up to ${wordsOf(item.level).label} · ${reachWords(item.reach)}` : "";
  return (
    <li className="flex min-h-11 flex-wrap items-center gap-x-4 py-2">
      <span className={`min-w-0 flex-1 ${item.state === "open" ? "" : "text-muted"}`}>
        <span className="block">
          <Name text={item.name} />
        </span>
        <span className="block text-13 text-muted">
          {scopeWords(item, scopes)}
          {level}
        </span>
        <span className="block text-13 text-muted">{stateWords(item)}</span>
      </span>
      {item.kind === "agent" && item.last_used_at !== null && <UndoKeyButton id={item.id} name={item.name} />}
      {item.state === "open" && (
        <Button isDisabled={isLoading} aria-label={`End ${item.name}`} onPress={() => void end(item.id)}>
          End
        </Button>
      )}
      {error !== undefined && <ProblemNote problem={error} />}
    </li>
  );
}

function KeyList({ keys }: { readonly keys: WireKeys }): ReactNode {
  if (keys.data.length === 0) {
    return <Empty>No keys yet. With a key a program of yours can use this server without your password.</Empty>;
  }
  return (
    <ul className="divide-y divide-line border-y border-line">
      {keys.data.map((item) => (
        <Key key={item.id} item={item} scopes={keys.scopes} />
      ))}
    </ul>
  );
}

/** Keys of programs: what there is, a new one, an end. */
export function ApiKeys(): ReactNode {
  const { data, error, refetch } = accessApi.useKeysQuery();
  const [isMaking, setMaking] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const made = (shown: string): void => {
    setMaking(false);
    setSecret(shown);
  };
  return (
    <Section title="Keys of programs">
      {error !== undefined && <ProblemNote problem={error} onRetry={() => void refetch()} />}
      {data === undefined && error === undefined && <Loading what="Reading" />}
      {data !== undefined && <KeyList keys={data} />}
      {data !== undefined && secret === null && !isMaking && (
        <Button className="mt-3" onPress={() => setMaking(true)} data-testid="make-key">
          Make a key
        </Button>
      )}
      {data !== undefined && isMaking && (
        <KeyForm scopes={data.scopes} onMade={made} onCancel={() => setMaking(false)} />
      )}
      {secret !== null && (
        <ShownOnce
          lines={[secret]}
          fileName="kaelix-key.txt"
          words="The key, shown this once. The program sends it as “Authorization: Bearer”. Whoever has it can do what it may do, until you end it."
          onDone={() => setSecret(null)}
          testId="key-secret"
        />
      )}
    </Section>
  );
}
