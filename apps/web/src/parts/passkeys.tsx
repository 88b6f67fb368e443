import { clientName } from "@kaelix/contract/client-name";
import { type FormEvent, type ReactNode, useState } from "react";

import { formatMoment } from "../core/format.ts";
import { accessApi } from "../data/access-api.ts";
import { notify } from "../data/actions.ts";
import { client } from "../data/connection.ts";
import { failureWords, makePasskey, troubleHere } from "../data/passkeys.ts";
import { passkeyApi } from "../data/passkey-api.ts";
import { useAppDispatch } from "../data/store.ts";
import type { OutputOf } from "../data/wire.ts";
import { Button, Loading, Name, ProblemNote } from "./basics.tsx";
import { Field } from "./field.tsx";
import { Section } from "./page.tsx";
import { type GuardedCall, useGuardedCall } from "./proof.tsx";

type WirePasskey = OutputOf<"passkeys.list">["data"][number];

function Passkey({
  passkey,
  isBusy,
  onRemove,
}: {
  readonly passkey: WirePasskey;
  readonly isBusy: boolean;
  readonly onRemove: () => void;
}): ReactNode {
  const [isLeaving, setLeaving] = useState(false);
  const isElsewhere = passkey.address !== location.hostname;
  return (
    <li className="flex min-h-11 flex-wrap items-center gap-x-4 gap-y-2 py-2" data-testid="passkey">
      <span className="min-w-0 flex-1">
        <span className="block">
          <Name text={passkey.name} />
        </span>
        <span className="text-13 text-muted">
          {passkey.last_used_at === null ? "Not used yet" : `Last used ${formatMoment(passkey.last_used_at)}`} · since{" "}
          {formatMoment(passkey.created_at)}
          {isElsewhere && ` · opens ${passkey.address}`}
        </span>
      </span>
      {isLeaving ? (
        <span className="flex flex-wrap gap-3">
          <Button look="danger" isDisabled={isBusy} onPress={onRemove} data-testid="passkey-remove">
            Remove
          </Button>
          <Button onPress={() => setLeaving(false)}>Keep it</Button>
        </span>
      ) : (
        <Button look="quiet-danger" aria-label={`Remove ${passkey.name}`} onPress={() => setLeaving(true)}>
          Remove…
        </Button>
      )}
    </li>
  );
}

function AddForm({
  isBusy,
  onAdd,
  onCancel,
}: {
  readonly isBusy: boolean;
  readonly onAdd: (name: string) => void;
  readonly onCancel: () => void;
}): ReactNode {
  const [name, setName] = useState(clientName(navigator.userAgent));
  return (
    <form
      className="mt-4 flex max-w-form flex-col gap-4"
      onSubmit={(event: FormEvent) => (event.preventDefault(), onAdd(name))}
    >
      <Field
        label="Name of this passkey"
        hint="So that you know later which device it is on. Your device then asks whether it is you."
        input={{
          value: name,
          onChange: (event) => setName(event.target.value),
          maxLength: 200,
          autoFocus: true,
          "data-testid": "passkey-name",
        }}
      />
      <div className="flex gap-3">
        <Button look="primary" type="submit" isDisabled={isBusy || name.trim() === ""} data-testid="passkey-make">
          Make it
        </Button>
        <Button look="quiet" onPress={onCancel}>
          Leave it
        </Button>
      </div>
    </form>
  );
}

interface Changes {
  readonly guarded: GuardedCall;
  readonly failure: string | null;
  readonly isNaming: boolean;
  readonly setNaming: (isNaming: boolean) => void;
  readonly add: (name: string) => void;
  readonly remove: (id: string) => void;
}

function useChanges(): Changes {
  const dispatch = useAppDispatch();
  const guarded = useGuardedCall();
  const [failure, setFailure] = useState<string | null>(null);
  const [isNaming, setNaming] = useState(false);
  const changed = (words: string): void => {
    dispatch(passkeyApi.util.invalidateTags(["Passkeys"]));
    dispatch(accessApi.util.invalidateTags(["Factors"]));
    dispatch(notify(words));
  };
  const add = (name: string): void => {
    setFailure(null);
    void guarded.run(async () => {
      // Refusals of the server are the guard's: it asks for a proof where one is missing.
      const { data: options } = await client.call("passkeys.begin");
      try {
        await client.call("passkeys.add", { body: { name, passkey: await makePasskey(options) } });
      } catch (error) {
        setFailure(failureWords(error));
        return;
      }
      setNaming(false);
      changed("Passkey added.");
    });
  };
  const remove = (id: string): void => {
    setFailure(null);
    void guarded.run(async () => {
      await client.call("passkeys.remove", { params: { id } });
      changed("Passkey removed. It opens nothing any more; delete it on the device too.");
    });
  };
  return { guarded, failure, isNaming, setNaming, add, remove };
}

function Body({ data, changes }: { readonly data: readonly WirePasskey[]; readonly changes: Changes }): ReactNode {
  const { guarded, failure, isNaming, setNaming, add, remove } = changes;
  const trouble = troubleHere();
  return (
    <>
      {data.length > 0 && (
        <ul className="divide-y divide-line border-y border-line">
          {data.map((passkey) => (
            <Passkey key={passkey.id} passkey={passkey} isBusy={guarded.isBusy} onRemove={() => remove(passkey.id)} />
          ))}
        </ul>
      )}
      {trouble === null && isNaming && (
        <AddForm isBusy={guarded.isBusy} onAdd={add} onCancel={() => setNaming(false)} />
      )}
      {trouble === null && !isNaming && (
        <Button className={data.length > 0 ? "mt-3" : ""} onPress={() => setNaming(true)} data-testid="passkey-add">
          Add a passkey
        </Button>
      )}
      <p className="mt-1.5 max-w-measure text-13 text-muted" data-testid="passkey-words">
        {trouble ??
          "Your device signs you in when it knows your face, finger or PIN: nothing to type, nothing a false page could take from you. It also opens the upper levels. Your password goes on working."}
      </p>
      {failure !== null && (
        <p role="alert" className="mt-2 text-danger">
          {failure}
        </p>
      )}
      {guarded.problem !== null && <ProblemNote problem={guarded.problem} safe="Nothing was changed" />}
    </>
  );
}

/** Passkeys: which there are, adding and removing. */
export function Passkeys(): ReactNode {
  const { data, error, refetch } = passkeyApi.usePasskeysQuery();
  const changes = useChanges();
  return (
    <Section title="Passkeys">
      {error !== undefined && <ProblemNote problem={error} onRetry={() => void refetch()} />}
      {data === undefined && error === undefined && <Loading what="Reading" />}
      {data !== undefined && <Body data={data.data} changes={changes} />}
      {changes.guarded.dialog}
    </Section>
  );
}
