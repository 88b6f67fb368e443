import type { ReactNode } from "react";

/** Icons by what they mean; drawn on a 24 grid with one stroke. Never the only carrier of a meaning. */
const PATHS = {
  today: "M4 11.5 12 4l8 7.5M6.5 9.8V20h11V9.8M10 20v-5.5h4V20",
  chats: "M4 5.5h16v11H10L5.5 20v-3.5H4z",
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M15.5 15.5 20 20",
  import: "M12 4v11M7.5 10.5 12 15l4.5-4.5M4.5 19.5h15",
  person: "M12 4.5a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4.5 20c1-3.6 3.9-5.2 7.5-5.2s6.500 1.600 7.500 5.200",
  status: "M3.500 12.500h4l2.500-7 4 13 2.500-6h4",
  lock: "M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3",
  unlock: "M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 6.700-1.400",
  send: "M12 19V6M6.500 11 12 5.500 17.500 11",
  back: "M14.500 5.500 8 12l6.500 6.500",
  forward: "M9.500 5.500 16 12l-6.500 6.500",
  down: "M6 9.500l6 6 6-6",
  close: "M6 6l12 12M18 6 6 18",
  copy: "M9 9h10.500v10.500H9zM15 9V4.500H4.500V15H9",
  edit: "M4.500 19.500l1-4.500L15.500 5l3.500 3.500L9 18.500zM13.500 7l3.500 3.500",
  forget: "M5 7h14M9.500 7V4.500h5V7M6.500 7l1 13h9l1-13",
  more: "M5.500 12h.01M12 12h.01M18.500 12h.01",
  retry: "M19 5v5h-5M18.700 10A7.200 7.200 0 1 0 19 14",
  check: "M5 12.500l4.500 4.500L19 7.500",
  alert: "M12 4 21 19.500H3zM12 10v4.500M12 17h.01",
  note: "M6 4h12v12l-4 4H6zM18 16h-4v4M9 8.500h6M9 12h6",
  ask: "M9 9a3 3 0 1 1 4.500 2.600c-1 .600-1.500 1.200-1.500 2.400M12 17.500h.01M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17",
  people:
    "M9 5.500a3.200 3.200 0 1 0 0 6.400 3.200 3.200 0 0 0 0-6.400M3 19c.600-3.200 2.900-4.700 6-4.700s5.400 1.500 6 4.700M15.500 5.800a3 3 0 0 1 0 5.900M17.500 14.800c2 .600 3.200 2 3.600 4.200",
  file: "M6.500 3.500h7l4.500 4.500v12.500h-11.500zM13.500 3.500V8H18",
  attach:
    "M17 8.500 9.800 15.700a2 2 0 0 0 2.800 2.800l7-7a4 4 0 0 0-5.700-5.700l-7.400 7.400a5.900 5.900 0 0 0 8.400 8.400l4.600-4.600",
  eye: "M2.500 12c2-4 5.300-6 9.500-6s7.500 2 9.500 6c-2 4-5.300 6-9.500 6s-7.500-2-9.500-6M12 9.300a2.700 2.700 0 1 0 0 5.400 2.700 2.700 0 0 0 0-5.400",
  help: "M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17M9.500 9.500a2.500 2.500 0 1 1 3.700 2.200c-.900.500-1.200 1-1.200 1.800M12 16.800h.01",
  filter: "M4 6.500h16M7 12h10M10 17.500h4",
} as const;

/** The name of an icon. */
export type IconName = keyof typeof PATHS;

/** An icon; hidden from screen readers, the text beside it speaks. */
export function Icon({ name, className = "" }: { readonly name: IconName; readonly className?: string }): ReactNode {
  return (
    <svg
      viewBox="0 0 24 24"
      aria-hidden="true"
      className={`shrink-0 ${className.includes("size-") ? "" : "size-5"} ${className}`}
      fill="none"
      stroke="currentColor"
    >
      <path d={PATHS[name]} strokeWidth="1.6" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}

/** Our mark: an upright and a tick. */
export function Mark({ className = "size-7" }: { readonly className?: string }): ReactNode {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" className={`shrink-0 ${className}`}>
      <rect width="32" height="32" rx="7" className="fill-accent" />
      <path
        d="M9 7v18M9 17.500l4.500 4.500L24 9.500"
        className="stroke-on-accent"
        fill="none"
        strokeWidth="3.200"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
