import { type ReactNode, useState } from "react";

import { formatMoment } from "../core/format.ts";
import { Button } from "./basics.tsx";
import { Icon } from "./icon.tsx";

const KEY = "kaelix.reset-seen";

/** Says on every device once that a link set the password: whoever did not ask for one must hear of it. */
export function ResetNotice({ at }: { readonly at: string }): ReactNode {
  const [seen, setSeen] = useState(() => localStorage.getItem(KEY));
  if (seen === at) return null;
  const know = (): void => {
    localStorage.setItem(KEY, at);
    setSeen(at);
  };
  return (
    <div
      role="status"
      data-testid="reset-notice"
      className="flex flex-wrap items-center gap-2 border-b border-line bg-sunken px-4 py-2 text-13 md:px-8"
    >
      <Icon name="alert" className="size-4 text-muted" />
      <span className="min-w-0 flex-1 basis-64">
        Your password was set by a link from the server&rsquo;s own terminal, {formatMoment(at)}. If neither you nor
        anybody for you asked for it, speak to whoever runs this server.
      </span>
      <Button onPress={know}>I know</Button>
    </div>
  );
}
