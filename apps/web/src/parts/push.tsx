import { type ReactNode, useCallback, useEffect, useState } from "react";

import { PUSH_WORDS, type PushFacts, pushFacts, pushState, subscribe, unsubscribe } from "../core/push.ts";
import { daysApi, type WireDaySettings } from "../data/days-api.ts";
import { Button, Name, ProblemNote } from "./basics.tsx";
import { Section } from "./page.tsx";

/** Which of the devices this browser is: the server's id of it, and nothing else, is kept in the browser. */
const OWN_KEY = "kaelix.push-device";

function ownDevice(): string | null {
  try {
    return localStorage.getItem(OWN_KEY);
  } catch {
    return null;
  }
}

/** What the browser says of itself; looked at anew when somebody allows or blocks notices. Undefined while it is looked at. */
function usePushFacts(): readonly [PushFacts | undefined, () => void] {
  const [facts, setFacts] = useState<PushFacts>();
  const look = useCallback((): void => void pushFacts().then(setFacts), []);
  useEffect(() => {
    look();
    let status: PermissionStatus | undefined;
    let isOver = false;
    const follow = async (): Promise<void> => {
      const found = await navigator.permissions.query({ name: "notifications" });
      if (isOver) return;
      status = found;
      found.addEventListener("change", look);
    };
    // A browser that does not tell of changes is looked at with the next visit.
    follow().catch(() => undefined);
    return () => {
      isOver = true;
      status?.removeEventListener("change", look);
    };
  }, [look]);
  return [facts, look];
}

interface DeviceProps {
  readonly device: WireDaySettings["devices"][number];
  readonly isOwn: boolean;
  readonly onGone: () => void;
}

function Device({ device: { id, name }, isOwn, onGone }: DeviceProps): ReactNode {
  const [remove, { error, isLoading }] = daysApi.useRemoveDeviceMutation();
  const stop = async (): Promise<void> => {
    if ((await remove(id)).error !== undefined || !isOwn) return;
    localStorage.removeItem(OWN_KEY);
    // The server sends nothing there any more, whether the browser lets go of the address or not.
    await unsubscribe().catch(() => undefined);
    onGone();
  };
  return (
    <li className="py-2" data-testid="push-device">
      <div className="flex items-center justify-between gap-3">
        <span>
          <Name text={name} /> <span className="text-13 text-muted">{isOwn ? "this one" : "another browser"}</span>
        </span>
        <Button look="quiet" aria-label={`Tell no more: ${name}`} isDisabled={isLoading} onPress={() => void stop()}>
          Tell no more
        </Button>
      </div>
      {error !== undefined && <ProblemNote problem={error} safe="It is told still" />}
    </li>
  );
}

/** Browsers that are told, and whether this one is, could be, or why it cannot. `children`: what tries them. */
export function Push({
  children,
  settings,
}: {
  readonly settings: WireDaySettings;
  readonly children: ReactNode;
}): ReactNode {
  const [add, { error, isLoading }] = daysApi.useAddDeviceMutation();
  const [removeOld] = daysApi.useRemoveDeviceMutation();
  const [facts, look] = usePushFacts();
  const [why, setWhy] = useState("");
  const own = settings.devices.find(({ id }) => id === ownDevice());
  const state = facts === undefined ? undefined : pushState(facts, own !== undefined);
  const tell = async (): Promise<void> => {
    const outcome = await subscribe(settings.push_key);
    look();
    if (outcome.type === "refused") return setWhy(outcome.why);
    setWhy("");
    const { data } = await add(outcome.device);
    const added = data?.devices.at(-1)?.id;
    if (added === undefined) return;
    localStorage.setItem(OWN_KEY, added);
    // The browser had another address before, at which nobody is told any more.
    if (own !== undefined && own.id !== added) await removeOld(own.id);
  };
  return (
    <Section title="In a browser">
      <p className="mb-3 max-w-measure text-13 text-muted">
        A notice that your day is ready, and nothing of it: it goes through the push service of the browser’s maker.
      </p>
      {settings.devices.length > 0 && (
        <ul className="mb-3 max-w-measure divide-y divide-line border-y border-line">
          {settings.devices.map((device) => (
            <Device key={device.id} device={device} isOwn={device === own} onGone={look} />
          ))}
        </ul>
      )}
      {error !== undefined && <ProblemNote problem={error} safe="This browser is not told" />}
      <div className="flex flex-wrap items-center gap-3">
        {state === "off" && (
          <Button isDisabled={isLoading} onPress={() => void tell()} data-testid="push-here">
            Tell this browser
          </Button>
        )}
        {settings.devices.length > 0 && children}
      </div>
      <p role="status" className="mt-2 max-w-measure text-13 text-muted" data-testid="push-state">
        {state === "off" ? why : state === undefined ? "" : PUSH_WORDS[state]}
      </p>
    </Section>
  );
}
