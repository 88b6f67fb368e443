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

/** Leaves out of the page what only the OpenAPI document says of routes. */
function wordsOfRoutes(): Plugin {
  return {
    name: "kaelix-words-of-routes",
    enforce: "pre",
    transform(code, id) {
      if (!/contract\/src\/(?:.*-)?routes\.ts$/.test(id)) return undefined;
      return code.replaceAll(/^ +summary:\s*"(?:[^"\\]|\\.)*",$/gm, 'summary: "",');
    },
  };
}

const API = process.env["KAELIX_URL"] ?? "http://127.0.0.1:7171";

// Nothing is inlined into the page: the server's content security policy allows scripts, styles and fonts from itself alone.
export default defineConfig({
  plugins: [tokens(), wordsOfRoutes(), tailwind(), react()],
  build: { target: "es2023", assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 600 },
  server: { proxy: { "/api": API, "/socket.io": { target: API, ws: true } } },
});
