import type { ReactNode } from "react";

interface WordsFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  /** Esc leaves it. */
  readonly onCancel: () => void;
  readonly className: string;
}

/** Where the words of a memory are corrected; it takes the focus when it comes. */
export function WordsField({ className, label, onCancel, onChange, value }: WordsFieldProps): ReactNode {
  return (
    <textarea
      aria-label={label}
      autoFocus
      dir="auto"
      value={value}
      onChange={(event) => onChange(event.target.value)}
      onKeyDown={(event) => event.key === "Escape" && onCancel()}
      className={`field-base sizing-content ${className}`}
    />
  );
}
