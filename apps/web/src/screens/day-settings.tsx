import { DIGEST_TITLES } from "@kaelix/contract/digest-titles";
import { type FormEvent, type ReactNode, useState } from "react";

import { formatLocal, formatWhen } from "../core/format.ts";
import { daysApi, type WireDaySettings, type WireDayWish, type WireWay } from "../data/days-api.ts";
import { Button, ButtonLink, Empty, Loading, Name, ProblemNote } from "../parts/basics.tsx";
import { Choice } from "../parts/choice.tsx";
import { Field } from "../parts/field.tsx";
import { Page, Section } from "../parts/page.tsx";
import { Push } from "../parts/push.tsx";
import { Segmented } from "../parts/segmented.tsx";
import { ShownOnce } from "../parts/shown-once.tsx";

const HOURS = [
  { value: "never", label: "Never by itself" },
  ...Array.from({ length: 24 }, (_, hour) => ({ value: String(hour), label: `${String(hour).padStart(2, "0")}:00` })),
];
const LEVELS = [
  { value: "general", label: "General" },
  { value: "confidential", label: "Confidential too" },
] as const;
const STATES = { waiting: "will be tried again", sent: "sent", failed: "could not be sent" } as const;

type WayLevel = (typeof LEVELS)[number]["value"];
type Change = (change: Partial<WireDayWish>) => Promise<void>;

const browserZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The settings as a wish, so that one thing can be changed and the rest stays. */
function wishOf({ hour, mail, webhook, zone }: WireDaySettings): WireDayWish {
  return {
    hour,
    zone,
    mail: mail === null ? null : { address: mail.address, level: mail.level },
    webhook: webhook === null ? null : { url: webhook.url, level: webhook.level },
  };
}

function When({ settings, onChange }: { readonly settings: WireDaySettings; readonly onChange: Change }): ReactNode {
  const { hour, last, zone } = settings;
  const here = browserZone();
  const choose = (value: string): void => {
    void onChange({ hour: value === "never" ? null : Number(value), ...(settings.default ? { zone: here } : {}) });
  };
  return (
    <Section title="When">
      <div className="max-w-form">
        <Choice
          label="Your day is made at"
          value={hour === null ? "never" : String(hour)}
          options={HOURS}
          onChange={choose}
          testId="day-hour"
        />
        <p className="mt-1 text-13 text-muted">
          In the time zone {zone}.{" "}
          {zone !== here && (
            <Button className="min-h-8 px-2.5 text-13" onPress={() => void onChange({ zone: here })}>
              Use {here}
            </Button>
          )}
        </p>
        {last !== null && (
          <p className="mt-2 text-13 text-muted" data-testid="day-last">
            Last made for {formatLocal(last.day)}
            {last.ways.map(({ state, way }) => `, ${way} ${STATES[state]}`).join("")}.
          </p>
        )}
      </div>
    </Section>
  );
}

/** Tries a way and says what came of it. */
function Trial({ way, label }: { readonly way: WireWay; readonly label: string }): ReactNode {
  const [test, { data, error, isLoading }] = daysApi.useTestWayMutation();
  return (
    <>
      <Button isDisabled={isLoading} onPress={() => void test(way)} data-testid={`test-${way}`}>
        {label}
      </Button>
      <span role="status" className="text-13 text-muted">
        {data !== undefined && (data.sent ? "Sent." : `Not sent: ${data.why ?? "nobody knows why"}.`)}
        {error !== undefined && "The server could not be asked."}
      </span>
    </>
  );
}

function LevelOfWay({ level, onChange }: { readonly level: WayLevel; readonly onChange: (level: WayLevel) => void }) {
  return (
    <div className="flex flex-wrap items-center gap-3">
      <span className="text-13 text-muted">It may tell</span>
      <Segmented label="It may tell" value={level} options={LEVELS} onChange={onChange} />
    </div>
  );
}

interface AddressProps {
  readonly label: string;
  readonly hint: string;
  readonly type: "email" | "url";
  readonly placeholder: string;
  readonly onSave: (text: string) => Promise<void>;
}

function AddressForm({ hint, label, onSave, placeholder, type }: AddressProps): ReactNode {
  const [text, setText] = useState("");
  const save = (event: FormEvent): void => {
    event.preventDefault();
    if (text.trim() !== "") void onSave(text.trim());
  };
  const input = {
    type,
    placeholder,
    value: text,
    onChange: (event: { target: { value: string } }) => setText(event.target.value),
  };
  return (
    <form onSubmit={save} className="flex max-w-form flex-col gap-3">
      <Field label={label} hint={hint} input={{ ...input, "data-testid": `day-${type}` }} />
      <span>
        <Button type="submit" isDisabled={text.trim() === ""}>
          Use it
        </Button>
      </span>
    </form>
  );
}

function Code(): ReactNode {
  const [code, setCode] = useState("");
  const [confirm, { error, isLoading }] = daysApi.useConfirmMailMutation();
  const send = (event: FormEvent): void => {
    event.preventDefault();
    void confirm(code);
  };
  return (
    <form onSubmit={send} className="flex max-w-form flex-col gap-3">
      <Field
        label="Code from the mail"
        hint="Nothing but codes is sent there before one is typed here."
        error={error === undefined ? undefined : "That is not the code that was sent, or it is too old."}
        input={{
          inputMode: "numeric",
          autoComplete: "one-time-code",
          value: code,
          onChange: (event) => setCode(event.target.value),
          "data-testid": "day-code",
        }}
      />
      <span>
        <Button type="submit" isDisabled={code.trim() === "" || isLoading}>
          Confirm
        </Button>
      </span>
    </form>
  );
}

function Mail({ settings, onChange }: { readonly settings: WireDaySettings; readonly onChange: Change }): ReactNode {
  const { mail } = settings;
  return (
    <Section title="By mail">
      {!settings.mail_available && (
        <p className="max-w-measure text-13 text-muted">
          This server has no mail server to send by: KAELIX_SMTP and KAELIX_MAIL_FROM name one.
        </p>
      )}
      {mail === null && settings.mail_available && (
        <AddressForm
          label="E-mail address"
          hint="A code comes first, to prove that it is yours."
          type="email"
          placeholder="ann@example.com"
          onSave={(address) => onChange({ mail: { address, level: "general" } })}
        />
      )}
      {mail !== null && (
        <div className="flex flex-col gap-3">
          <p data-testid="day-mail">
            <bdi>{mail.address}</bdi>{" "}
            <span className="text-13 text-muted">{mail.confirmed ? "confirmed" : "not confirmed yet"}</span>
          </p>
          <LevelOfWay
            level={mail.level}
            onChange={(level) => void onChange({ mail: { address: mail.address, level } })}
          />
          <div className="flex flex-wrap items-center gap-3">
            <Trial way="mail" label={mail.confirmed ? "Send a code to try it" : "Send a code"} />
            <Button look="quiet" onPress={() => void onChange({ mail: null })}>
              Stop mail
            </Button>
          </div>
          {!mail.confirmed && <Code />}
        </div>
      )}
    </Section>
  );
}

interface WebhookProps {
  readonly settings: WireDaySettings;
  readonly secret: string | null;
  readonly onKept: () => void;
  readonly onChange: Change;
}

function Webhook({ onChange, onKept, secret, settings: { webhook } }: WebhookProps): ReactNode {
  return (
    <Section title="To a program">
      {webhook === null ? (
        <AddressForm
          label="Address of a webhook"
          hint="Posted as JSON and signed (Standard Webhooks); https alone, and not into private networks."
          type="url"
          placeholder="https://hooks.example.com/day"
          onSave={(url) => onChange({ webhook: { url, level: "general" } })}
        />
      ) : (
        <div className="flex flex-col gap-3">
          <p className="break-all" data-testid="day-webhook">
            <bdi>{webhook.url}</bdi>
          </p>
          {secret !== null && (
            <ShownOnce
              lines={[secret]}
              fileName="kaelix-webhook-secret.txt"
              words="Messages are signed with this secret. It is not shown again."
              onDone={onKept}
              testId="webhook-secret"
            />
          )}
          <LevelOfWay
            level={webhook.level}
            onChange={(level) => void onChange({ webhook: { url: webhook.url, level } })}
          />
          <div className="flex flex-wrap items-center gap-3">
            <Trial way="webhook" label="Send a test" />
            <Button look="quiet" onPress={() => void onChange({ webhook: null })}>
              Stop the webhook
            </Button>
          </div>
        </div>
      )}
    </Section>
  );
}

function NotUseful(): ReactNode {
  const { data, error, refetch } = daysApi.useJudgementsQuery();
  const [unjudge, { isLoading }] = daysApi.useUnjudgeMutation();
  return (
    <Section
      title="Not useful"
      aside={
        data !== undefined &&
        data.length > 0 && (
          <Button className="min-h-8 px-2.5 text-13" isDisabled={isLoading} onPress={() => void unjudge("all")}>
            Forget them all
          </Button>
        )
      }
    >
      {error !== undefined && <ProblemNote problem={error} onRetry={() => void refetch()} />}
      {data === undefined && error === undefined && <Loading what="Reading" />}
      {data?.length === 0 && (
        <Empty>Nothing yet. A line of your day can be called not useful; others like it then come later, or not.</Empty>
      )}
      {data !== undefined && data.length > 0 && (
        <ul className="max-w-measure divide-y divide-line border-y border-line">
          {data.map(({ at, id, kind, topic }) => (
            <li key={id} className="flex items-center justify-between gap-3 py-2" data-testid="judgement">
              <span>
                {titleOf(kind)}
                {topic !== null && (
                  <>
                    {": "}
                    <Name text={topic} />
                  </>
                )}{" "}
                <span className="text-13 text-muted">{formatWhen(at, Date.now())}</span>
              </span>
              <Button look="quiet" isDisabled={isLoading} onPress={() => void unjudge(id)}>
                Take back
              </Button>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function titleOf(kind: string): string {
  return new Map<string, string>(Object.entries(DIGEST_TITLES)).get(kind) ?? kind;
}

/** When the day is told, by which ways, and what in it is not useful. */
export function DaySettings(): ReactNode {
  const { data, error, refetch } = daysApi.useDaySettingsQuery();
  const [set, setting] = daysApi.useSetDayMutation();
  const [secret, setSecret] = useState<string | null>(null);
  if (error !== undefined)
    return (
      <Page title="Your day" actions={<ButtonLink href="/settings">Back to Me</ButtonLink>}>
        <ProblemNote problem={error} onRetry={() => void refetch()} />
      </Page>
    );
  if (data === undefined)
    return (
      <Page title="Your day" actions={<ButtonLink href="/settings">Back to Me</ButtonLink>}>
        <Loading what="Reading" />
      </Page>
    );
  const change: Change = async (wish) => {
    const outcome = await set({ ...wishOf(data), ...wish });
    if (outcome.data !== undefined && outcome.data.webhook_secret !== null) setSecret(outcome.data.webhook_secret);
  };
  return (
    <Page title="Your day" actions={<ButtonLink href="/settings">Back to Me</ButtonLink>}>
      <p className="max-w-measure text-muted">
        Each morning Kaelix looks at what came in, what you promised and what is ahead, and marks Today with a dot. It
        can tell you elsewhere too, by ways that begin the next day.
      </p>
      {setting.error !== undefined && <ProblemNote problem={setting.error} />}
      <div className="max-w-measure">
        <When settings={data} onChange={change} />
        <Mail settings={data} onChange={change} />
        <Push settings={data}>
          <Trial way="push" label="Try it" />
        </Push>
        <Webhook settings={data} secret={secret} onKept={() => setSecret(null)} onChange={change} />
        <NotUseful />
      </div>
    </Page>
  );
}
