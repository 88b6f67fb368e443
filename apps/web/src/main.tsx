import "@fontsource/ibm-plex-sans/400.css";
import "@fontsource/ibm-plex-sans/500.css";
import "@fontsource/ibm-plex-sans/600.css";
import "@fontsource/ibm-plex-mono/400.css";
import "./design/app.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Provider } from "react-redux";
import { BrowserRouter } from "react-router";

import { App } from "./app.tsx";
import { readClaimCode } from "./data/claim-code.ts";
import { readPreferences } from "./data/preferences.ts";
import { dropSession, reachChanged } from "./data/actions.ts";
import { whenReachChanged, whenSignedOut } from "./data/connection.ts";
import { store } from "./data/store.ts";

readPreferences(store);
readClaimCode(store);
whenSignedOut(() => store.dispatch(dropSession("ended")));
whenReachChanged((isReached) => store.dispatch(reachChanged(isReached)));

const root = document.querySelector("#root");
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <Provider store={store}>
        <BrowserRouter>
          <App />
        </BrowserRouter>
      </Provider>
    </StrictMode>,
  );
}
