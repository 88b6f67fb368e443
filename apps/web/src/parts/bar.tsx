import type { ReactNode } from "react";
import { ProgressBar } from "react-aria-components";

/** How far something is: `share` from 0 to 1, named for those who do not see it, with what is said of it below. */
export function Bar({
  label,
  share,
  className = "",
  children,
}: {
  readonly label: string;
  readonly share: number;
  readonly className?: string;
  readonly children?: ReactNode;
}): ReactNode {
  return (
    <ProgressBar aria-label={label} value={share} maxValue={1} className={className}>
      {({ percentage = 0 }) => (
        <>
          <span className="block h-1.5 overflow-hidden rounded-full bg-sunken">
            <span className="filled block h-full rounded-full bg-accent" style={{ width: `${percentage}%` }} />
          </span>
          {children}
        </>
      )}
    </ProgressBar>
  );
}
