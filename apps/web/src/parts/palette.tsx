import { type ReactNode, useState } from "react";
import { Autocomplete, Input, Menu, MenuItem, SearchField, useFilter } from "react-aria-components";
import { useNavigate } from "react-router";

import { askQuestion, leave, lock } from "../data/actions.ts";
import { interfaceSlice } from "../data/interface.ts";
import { useAppDispatch, useAppSelector } from "../data/store.ts";
import { Icon, type IconName } from "./icon.tsx";

interface Choice {
  readonly id: string;
  readonly text: string;
  readonly icon: IconName;
  readonly keys?: string;
  readonly run: () => void;
}

function useChoices(query: string): readonly Choice[] {
  const dispatch = useAppDispatch();
  const navigate = useNavigate();
  const raised = useAppSelector((state) => state.session.user?.open_until !== null);
  const go = (to: string) => (): void => void navigate(to);
  const { overlayChanged, appearanceChosen } = interfaceSlice.actions;
  const text = query.trim();
  const ask = (): void => {
    void dispatch(askQuestion(text, null));
    void navigate("/chats/ask");
  };
  const own: readonly Choice[] =
    text === ""
      ? []
      : [
          {
            id: "search-this",
            text: `Search for “${text}”`,
            icon: "search",
            run: go(`/search?q=${encodeURIComponent(text)}`),
          },
          { id: "ask-this", text: `Ask “${text}”`, icon: "ask", run: ask },
        ];
  return [
    ...own,
    { id: "today", text: "Today", icon: "today", keys: "g t", run: go("/") },
    { id: "chats", text: "Chats", icon: "chats", keys: "g c", run: go("/chats") },
    { id: "search", text: "Search", icon: "search", keys: "g s", run: go("/search") },
    { id: "timeline", text: "Timeline", icon: "note", keys: "g l", run: go("/timeline") },
    { id: "people", text: "People", icon: "people", keys: "g p", run: go("/people") },
    { id: "review", text: "Review what waits", icon: "check", keys: "g r", run: go("/review") },
    { id: "import", text: "Import an export file", icon: "import", keys: "g i", run: go("/import") },
    { id: "settings", text: "Me and settings", icon: "person", keys: "g m", run: go("/settings") },
    { id: "status", text: "Status of the server", icon: "status", keys: "g a", run: go("/status") },
    raised
      ? { id: "lock", text: "Lock again", icon: "lock", keys: "l", run: () => void dispatch(lock()) }
      : {
          id: "unlock",
          text: "Open up to Secret…",
          icon: "unlock",
          keys: "l",
          run: () => void dispatch(overlayChanged("unlock")),
        },
    {
      id: "help",
      text: "Keyboard and signs",
      icon: "help",
      keys: "?",
      run: () => void dispatch(overlayChanged("help")),
    },
    { id: "dark", text: "Appearance: dark", icon: "eye", run: () => void dispatch(appearanceChosen("dark")) },
    { id: "light", text: "Appearance: light", icon: "eye", run: () => void dispatch(appearanceChosen("light")) },
    { id: "leave", text: "Sign out", icon: "forward", run: () => void dispatch(leave()) },
  ];
}

/** Ctrl K: places and doings, found by letters; anything else can be searched for or asked. */
export function Palette({ onDone }: { readonly onDone: () => void }): ReactNode {
  const [query, setQuery] = useState("");
  const { contains } = useFilter({ sensitivity: "base" });
  const choices = useChoices(query);
  return (
    <Autocomplete inputValue={query} onInputChange={setQuery} filter={contains}>
      <SearchField aria-label="Find or do" autoFocus className="border-b border-line">
        <Input
          placeholder="Find or do…"
          className="w-full bg-transparent px-5 py-4 text-18 outline-none [&::-webkit-search-cancel-button]:hidden"
        />
      </SearchField>
      <Menu
        aria-label="Places and doings"
        items={choices}
        className="p-2 outline-none"
        onAction={(key) => {
          onDone();
          choices.find((choice) => choice.id === key)?.run();
        }}
      >
        {(choice) => (
          <MenuItem
            id={choice.id}
            textValue={choice.id.endsWith("-this") ? query : choice.text}
            className="flex min-h-10 cursor-pointer items-center gap-3 rounded-control px-3 outline-none data-[focused]:bg-accent-soft data-[focused]:marked"
          >
            <Icon name={choice.icon} className="size-4.5 text-muted" />
            <span className="flex-1 truncate">{choice.text}</span>
            {choice.keys !== undefined && <kbd>{choice.keys}</kbd>}
          </MenuItem>
        )}
      </Menu>
    </Autocomplete>
  );
}
