import { configureStore } from "@reduxjs/toolkit";
import { useDispatch, useSelector } from "react-redux";

import { api } from "./api.ts";
import { interfaceSlice } from "./interface.ts";
import { sessionSlice } from "./session.ts";
import { threadSlice } from "./thread.ts";

/** Makes the store of a page. */
function makeStore() {
  return configureStore({
    reducer: {
      [api.reducerPath]: api.reducer,
      session: sessionSlice.reducer,
      interface: interfaceSlice.reducer,
      thread: threadSlice.reducer,
    },
    middleware: (defaults) => defaults().concat(api.middleware),
    devTools: false,
  });
}

/** The page's store. */
export const store = makeStore();
/** All state. */
export type State = ReturnType<typeof store.getState>;
/** The store's dispatch, with thunks. */
export type Dispatch = typeof store.dispatch;
/** `useDispatch` with the store's type. */
export const useAppDispatch = useDispatch.withTypes<Dispatch>();
/** `useSelector` with the store's type. */
export const useAppSelector = useSelector.withTypes<State>();

/** Whether the signed-in person administers the server itself, and not only an organisation on it. */
export function useRunsServer(): boolean {
  const user = useAppSelector(({ session }) => session.user);
  return user?.tenant === "default" && (user.role === "owner" || user.role === "admin");
}
