import { type ReactNode, useEffect } from "react";

interface PageProps {
  readonly title: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  readonly testId?: string;
}

/** A page that scrolls: heading, actions, content; sets the window's title. */
export function Page({ title, actions, children, testId }: PageProps): ReactNode {
  useTitle(title);
  return (
    <div data-testid={testId} className="mx-auto w-full max-w-page px-4 pt-5 pb-16 md:px-8 md:pt-7">
      <div className="mb-5 flex flex-wrap items-center justify-between gap-3">
        <h1 tabIndex={-1} className="text-22 font-semibold">
          {title}
        </h1>
        {actions}
      </div>
      {children}
    </div>
  );
}

/** Sets the window's title; undefined leaves it to what stands inside. */
export function useTitle(title: string | undefined): void {
  useEffect(() => {
    if (title !== undefined) document.title = `${title} · Kaelix`;
  }, [title]);
}

/** A part of a page under a small heading. */
export function Section({
  title,
  aside,
  children,
}: {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <section className="mt-8">
      <div className="mb-2 flex items-baseline justify-between gap-3">
        <h2 className="text-13 font-semibold text-muted">{title}</h2>
        <span className="text-13 text-muted">{aside}</span>
      </div>
      {children}
    </section>
  );
}
