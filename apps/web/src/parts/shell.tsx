import { lazy, type ReactNode, Suspense, useEffect, useRef } from "react";
import { NavLink, useLocation } from "react-router";

import { api } from "../data/api.ts";
import { useAppDispatch, useAppSelector, useRunsServer } from "../data/store.ts";
import { interfaceSlice } from "../data/interface.ts";
import { Button } from "./basics.tsx";
import { DayBadge } from "./day-badge.tsx";
import { DropAnywhere } from "./drop-anywhere.tsx";
import { Icon, type IconName, Mark } from "./icon.tsx";
import { LockButton } from "./lock.tsx";
import { Toasts } from "./toasts.tsx";
import { useFocusKept } from "./use-focus-kept.ts";
import { useKeeping } from "./use-keeping.ts";
import { useShortcuts } from "./use-shortcuts.ts";

const ReviewBadge = lazy(async () => ({ default: (await import("./review-badge.tsx")).ReviewBadge }));
/** Loaded only by those whom it is for. */
const ResetNotice = lazy(async () => ({ default: (await import("./reset-notice.tsx")).ResetNotice }));
const Overlays = lazy(async () => ({ default: (await import("./overlays.tsx")).Overlays }));

interface Place {
  readonly to: string;
  readonly label: string;
  readonly icon: IconName;
  readonly keys: string;
}

const PLACES: readonly Place[] = [
  { to: "/", label: "Today", icon: "today", keys: "g t" },
  { to: "/chats", label: "Chats", icon: "chats", keys: "g c" },
  { to: "/search", label: "Search", icon: "search", keys: "g s" },
  { to: "/timeline", label: "Timeline", icon: "note", keys: "g l" },
  { to: "/people", label: "People", icon: "people", keys: "g p" },
  { to: "/review", label: "Review", icon: "check", keys: "g r" },
  { to: "/import", label: "Import", icon: "import", keys: "g i" },
  { to: "/settings", label: "Me", icon: "person", keys: "g m" },
];

const STATUS: Place = { to: "/status", label: "Status", icon: "status", keys: "g a" };

function RailLink({ place }: { readonly place: Place }): ReactNode {
  return (
    <NavLink
      to={place.to}
      end={place.to === "/"}
      className={({ isActive }) =>
        `flex min-h-10 items-center gap-3 rounded-control px-3 transition-feedback ${isActive ? "marked bg-accent-soft font-medium text-accent" : "text-muted hover:bg-sunken hover:text-ink"}`
      }
    >
      <Icon name={place.icon} />
      <span className="flex-1">{place.label}</span>
      {place.to === "/" && <DayBadge />}
      {place.to === "/review" && (
        <Suspense fallback={null}>
          <ReviewBadge />
        </Suspense>
      )}
    </NavLink>
  );
}

function Rail(): ReactNode {
  const dispatch = useAppDispatch();
  const { data } = api.useServerQuery();
  const runsServer = useRunsServer();
  return (
    <nav
      aria-label="Main"
      className="hidden w-rail shrink-0 flex-col border-e border-line bg-surface px-3 py-4 md:flex"
    >
      <p className="mb-6 flex items-center gap-2.5 px-2 text-18 font-semibold">
        <Mark className="size-6" /> Kaelix
      </p>
      <div className="flex flex-1 flex-col gap-0.5">
        {PLACES.map((place) => (
          <RailLink key={place.to} place={place} />
        ))}
        {runsServer && <RailLink place={STATUS} />}
      </div>
      <footer className="flex items-center justify-between ps-3 text-12 text-muted">
        <span>Kaelix {data?.version}</span>
        <Button
          look="quiet"
          icon="help"
          aria-label="Keyboard and help"
          onPress={() => dispatch(interfaceSlice.actions.overlayChanged("help"))}
        />
      </footer>
    </nav>
  );
}

const BAR: readonly Place[] = ["/chats", "/search", "/", "/people", "/settings"].flatMap(
  (to) => PLACES.find((place) => place.to === to) ?? [],
);

function BottomBar(): ReactNode {
  return (
    <nav
      aria-label="Main"
      className="grid shrink-0 grid-cols-5 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      {BAR.map((place) => (
        <NavLink
          key={place.to}
          to={place.to}
          end={place.to === "/"}
          className={({ isActive }) =>
            `flex min-h-14 flex-col items-center justify-center gap-0.5 text-12 ${isActive ? "font-medium text-accent" : "text-muted"}`
          }
        >
          <Icon name={place.icon} />
          <span className="flex items-center gap-1">
            {place.label}
            {place.to === "/" && <DayBadge />}
          </span>
        </NavLink>
      ))}
    </nav>
  );
}

/** The way to what waits, where there is no rail: a sixth place would crowd the bar. */
function ReviewLink(): ReactNode {
  return (
    <NavLink
      to="/review"
      className={({ isActive }) =>
        `flex min-h-11 items-center gap-2 rounded-control px-2 text-13 md:hidden ${isActive ? "font-medium text-accent" : "text-muted"}`
      }
    >
      <Icon name="check" className="size-4" />
      Review
      <Suspense fallback={null}>
        <ReviewBadge />
      </Suspense>
    </NavLink>
  );
}

function Header(): ReactNode {
  const dispatch = useAppDispatch();
  return (
    <header className="flex h-14 shrink-0 items-center gap-3 border-b border-line bg-surface px-4 md:px-8">
      <span className="flex items-center gap-2 font-semibold md:hidden">
        <Mark className="size-6" />
        <span className="sr-only">Kaelix</span>
      </span>
      <span className="hidden md:block">
        <Button
          look="quiet"
          icon="search"
          className="text-muted"
          onPress={() => dispatch(interfaceSlice.actions.overlayChanged("palette"))}
        >
          Find or do <kbd className="ms-2">Ctrl K</kbd>
        </Button>
      </span>
      <span className="flex-1" />
      <ReviewLink />
      <LockButton />
    </header>
  );
}

function ConnectionBanner(): ReactNode {
  const online = useAppSelector((state) => state.interface.online);
  const waiting = useAppSelector((state) => state.thread.sayings.filter((saying) => saying.state === "waiting").length);
  if (online && waiting === 0) return null;
  return (
    <div
      role="status"
      data-testid="connection-banner"
      className="flex items-center gap-2 border-b border-line bg-sunken px-4 py-2 text-13 md:px-8"
    >
      <Icon name="alert" className="size-4 text-muted" />
      <span>
        {online ? "The server is busy." : "The server cannot be reached. This page tries again by itself."}{" "}
        {waiting === 1 && "One saying waits in this tab only: keep it open. It is sent as soon as the server answers."}
        {waiting > 1 &&
          `${waiting} sayings wait in this tab only: keep it open. They are sent as soon as the server answers.`}
      </span>
    </div>
  );
}

/** Puts focus on the heading of a new page, unless the page has already placed it. */
function useFocusOnArrival(): void {
  const { pathname } = useLocation();
  const first = useRef(true);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    const frame = requestAnimationFrame(() => {
      const main = document.querySelector("#main");
      if (main === null || main.contains(document.activeElement)) return;
      const heading = main.querySelector("h1");
      if (heading instanceof HTMLElement) heading.focus();
    });
    return () => cancelAnimationFrame(frame);
  }, [pathname]);
}

/** The frame of every page inside: places, lock, connection, notices. */
export function Shell({ children }: { readonly children: ReactNode }): ReactNode {
  const overlay = useAppSelector((state) => state.interface.overlay);
  const resetAt = useAppSelector((state) => state.session.user?.password_reset_at ?? null);
  useShortcuts();
  useKeeping();
  useFocusOnArrival();
  useFocusKept();
  return (
    <DropAnywhere>
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:m-2 focus:rounded-control focus:bg-surface focus:px-3 focus:py-2"
      >
        Skip to content
      </a>
      <div className="flex h-dvh">
        <Rail />
        <div className="flex min-w-0 flex-1 flex-col">
          <Header />
          <ConnectionBanner />
          {resetAt !== null && (
            <Suspense>
              <ResetNotice at={resetAt} />
            </Suspense>
          )}
          <main id="main" tabIndex={-1} className="relative min-h-0 flex-1 overflow-y-auto">
            {children}
          </main>
          <BottomBar />
        </div>
      </div>
      <Toasts />
      {overlay !== "none" && (
        <Suspense fallback={null}>
          <Overlays />
        </Suspense>
      )}
    </DropAnywhere>
  );
}
