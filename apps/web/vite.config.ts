import { OPEN_UP_TO_HEADER, type Route, routes } from "@kaelix/contract";
import tailwind from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

import { printTokens } from "./src/design/tokens-css.ts";

/** Puts the tokens where the style sheet asks for them, before Tailwind reads it. */
function tokens(): Plugin {
  return {
    name: "kaelix-tokens",
    enforce: "pre",
    transform(code, id) {
      return id.endsWith("/design/app.css") ? code.replace("/* tokens */", printTokens()) : undefined;
    },
  };
}

/**
 * Gives the page of each route what calling it takes, and no schema: what the server answers is checked there, and the hundred routes
 * of the contract would weigh on the first page otherwise.
 */
function factsOfRoutes(): Plugin {
  return {
    name: "kaelix-facts-of-routes",
    enforce: "pre",
    transform(_code, id) {
      if (!id.endsWith("/contract/src/routes.ts")) return undefined;
      const facts = Object.entries<Route>(routes).map(([name, { action, method, path, success, waits }]) => [
        name,
        { action, method, path, success: { type: success.type }, ...(waits === true ? { waits } : {}) },
      ]);
      return [
        `export const routes = ${JSON.stringify(Object.fromEntries(facts))};`,
        `export const OPEN_UP_TO_HEADER = ${JSON.stringify(OPEN_UP_TO_HEADER)};`,
      ].join("\n");
    },
  };
}

const API = process.env["KAELIX_URL"] ?? "http://127.0.0.1:7171";

// Nothing is inlined into the page: the server's content security policy allows scripts, styles and fonts from itself alone.
export default defineConfig({
  plugins: [tokens(), factsOfRoutes(), tailwind(), react()],
  build: { target: "es2023", assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 600 },
  server: { proxy: { "/api": API, "/socket.io": { target: API, ws: true } } },
});
