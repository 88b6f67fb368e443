import { type FormEvent, type ReactNode, useState } from "react";
import { Label, RadioGroup } from "react-aria-components";

import { countOf, formatMoment } from "../core/format.ts";
import { notify } from "../data/actions.ts";
import { client } from "../data/connection.ts";
import { type ShareRequest, sharingApi, type WireSubject } from "../data/sharing-api.ts";
import { useAppDispatch, useAppSelector } from "../data/store.ts";
import { Button, Empty, Loading, Name, ProblemNote, TextLink } from "./basics.tsx";
import { ChoiceCard } from "./choice-card.tsx";
import { Sheet } from "./dialog.tsx";
import { Field } from "./field.tsx";
import { useGuardedCall } from "./proof.tsx";
import { Segmented } from "./segmented.tsx";

const LEVELS = [
  { value: "general", label: "General" },
  { value: "confidential", label: "Confidential" },
  { value: "secret", label: "Secret" },
] as const;
const ENDS = [
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
  { value: "365", label: "A year" },
  { value: "day", label: "On a day" },
] as const;
const DAY_MS = 86_400_000;

type Level = (typeof LEVELS)[number]["value"];

/** When a share ends: after so many days, or with a day. */
interface End {
  readonly after: (typeof ENDS)[number]["value"];
  /** YYYY-MM-DD; empty: none is chosen. */
  readonly day: string;
}

/** The moment of it, epoch ms; undefined while no day to come is chosen. A day is over at midnight where this browser is. */
function endMs({ after, day }: End): number | undefined {
  if (after !== "day") return Date.now() + Number(after) * DAY_MS;
  const ms = Date.parse(`${day}T23:59:59.999`);
  return ms > Date.now() ? ms : undefined;
}

function Ends({ end, onChange }: { readonly end: End; readonly onChange: (end: End) => void }): ReactNode {
  const isPast = end.day !== "" && endMs(end) === undefined;
  return (
    <div className="flex flex-col gap-1">
      <span className="text-13 font-medium">Ends after</span>
      <Segmented
        label="Ends after"
        value={end.after}
        options={ENDS}
        onChange={(after) => onChange({ ...end, after })}
        testId="share-end"
      />
      {end.after === "day" && (
        <Field
          label="The last day of it"
          error={isPast ? "Must be today or later" : undefined}
          input={{
            type: "date",
            value: end.day,
            onChange: (event) => onChange({ ...end, day: event.target.value }),
            "data-testid": "share-last-day",
          }}
        />
      )}
    </div>
  );
}

interface Neighbour {
  readonly id: string;
  readonly name: string;
}

function People({
  people,
  value,
  onChange,
}: {
  readonly people: readonly Neighbour[];
  readonly value: string;
  readonly onChange: (value: string) => void;
}): ReactNode {
  return (
    <RadioGroup value={value} onChange={onChange} className="flex flex-col gap-2">
      <Label className="text-13 font-medium">With whom</Label>
      <div className="flex max-h-48 flex-col gap-2 overflow-y-auto">
        {people.map(({ id, name }) => (
          <ChoiceCard key={id} value={id}>
            <Name text={name} />
          </ChoiceCard>
        ))}
      </div>
    </RadioGroup>
  );
}

interface ShareProps {
  readonly what: ShareRequest["what"];
  /** What it is, in words: "this conversation". */
  readonly words: string;
  /** The level that must be shared at least, or it shows nothing. */
  readonly level: Level;
  /** Whom or what it is about, when it is shared by name. */
  readonly about?: WireSubject;
  readonly onDone: () => void;
}

/** What a share by name opens, before it is given. */
function Opens({ about, level }: { readonly about: WireSubject; readonly level: Level }): ReactNode {
  const { kind, memories, name } = about;
  const count = level === "general" ? memories.general : memories.confidential;
  return (
    <p className="text-13 text-muted" data-testid="share-opens">
      {count === 0 ? (
        <>No memory up to this level names them.</>
      ) : (
        <>
          Now {countOf(count, "memory", "memories")}, and what will name <Name text={name} /> later. Each is shared
          whole, also what it says of others.
          {kind === "person" && " Whom you later make one with them is shared too."}
        </>
      )}
    </p>
  );
}

function UpTo({
  level,
  about,
  onChange,
}: {
  readonly level: Level;
  readonly about: WireSubject | undefined;
  readonly onChange: (level: Level) => void;
}): ReactNode {
  // Who is who is known up to confidential.
  const levels = about === undefined ? LEVELS : LEVELS.slice(0, 2);
  return (
    <div className="flex flex-col gap-1">
      <span className="text-13 font-medium">Up to</span>
      <Segmented label="Up to" value={level} options={levels} onChange={onChange} />
      {about !== undefined && <Opens about={about} level={level} />}
      {level === "secret" && (
        <p className="text-13 text-muted">They must open their own lock to see it; each look is written down.</p>
      )}
    </div>
  );
}

function Form({ people, ...props }: ShareProps & { readonly people: readonly Neighbour[] }): ReactNode {
  const { what, words, level: least, about, onDone } = props;
  const dispatch = useAppDispatch();
  const [to, setTo] = useState(people[0]?.id ?? "");
  const [level, setLevel] = useState<Level>(least);
  const [end, setEnd] = useState<End>({ after: "30", day: "" });
  const [purpose, setPurpose] = useState("");
  const { run, problem, isBusy, dialog } = useGuardedCall();
  const isEmpty =
    about !== undefined && (level === "general" ? about.memories.general : about.memories.confidential) === 0;
  const isWord = /^([a-z][a-z-]{0,63})?$/.test(purpose);
  const submit = (): Promise<void> =>
    run(async () => {
      const expiresAt = new Date(endMs(end) ?? Number.NaN).toISOString();
      const body = { to, what, level, expires_at: expiresAt, purpose: purpose === "" ? null : purpose };
      const { data } = await client.call("grants.create", { body });
      dispatch(sharingApi.util.invalidateTags(["Shares"]));
      dispatch(
        notify(
          `${data.to.name} sees it from now on, until ${formatMoment(data.expires_at)}. Me, Sharing ends it sooner.`,
        ),
      );
      onDone();
    });
  return (
    <>
      <form
        className="flex flex-col gap-4 p-5"
        onSubmit={(event: FormEvent) => (event.preventDefault(), void submit())}
        data-testid="share-form"
      >
        <p className="text-muted">They read {words} as you do, and can change or pass on nothing.</p>
        <People people={people} value={to} onChange={setTo} />
        <UpTo level={level} about={about} onChange={setLevel} />
        <Ends end={end} onChange={setEnd} />
        <Field
          label="For one purpose only"
          hint="One word such as care; they must name it to see it. Leave it empty for anything."
          error={isWord ? undefined : "One word of a to z and hyphens"}
          input={{
            value: purpose,
            onChange: (event) => setPurpose(event.target.value.trim().toLowerCase()),
            maxLength: 64,
            "data-testid": "share-purpose",
          }}
        />
        {problem !== null && <ProblemNote problem={problem} safe="Nothing was shared" />}
        <div className="flex gap-3">
          <Button
            look="primary"
            type="submit"
            isDisabled={isBusy || to === "" || !isWord || isEmpty || endMs(end) === undefined}
            data-testid="share-submit"
          >
            Share
          </Button>
          <Button look="quiet" onPress={onDone}>
            Leave it
          </Button>
        </div>
      </form>
      {dialog}
    </>
  );
}

function ShareDialog(props: ShareProps): ReactNode {
  const { data, error, refetch } = sharingApi.useNeighboursQuery();
  const isKeeper = useAppSelector(({ session }) => session.user?.role === "owner" || session.user?.role === "admin");
  return (
    <Sheet title="Share" onClose={props.onDone}>
      {error !== undefined && (
        <div className="p-5">
          <ProblemNote problem={error} onRetry={() => void refetch()} />
        </div>
      )}
      {data === undefined && error === undefined && (
        <div className="p-5">
          <Loading what="Reading" />
        </div>
      )}
      {data?.length === 0 && (
        <div className="px-5">
          <Empty action={isKeeper ? <TextLink href="/settings">Invite somebody</TextLink> : undefined}>
            There is nobody else on this server to share with.
          </Empty>
        </div>
      )}
      {data !== undefined && data.length > 0 && <Form people={data} {...props} />}
    </Sheet>
  );
}

/** Shares something of one's own; guests cannot. */
export function ShareButton(props: Omit<ShareProps, "onDone">): ReactNode {
  const role = useAppSelector((state) => state.session.user?.role);
  const [isOpen, setOpen] = useState(false);
  if (role === "guest") return null;
  return (
    <>
      <Button look="quiet" icon="people" onPress={() => setOpen(true)} data-testid="share-button">
        Share
      </Button>
      {isOpen && <ShareDialog {...props} onDone={() => setOpen(false)} />}
    </>
  );
}
