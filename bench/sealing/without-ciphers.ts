/** Loaded before the product (`--import`): whoever asks for the ciphers gets those that do nothing. The product itself has no such switch. */
import { registerHooks } from "node:module";

const NULL_CIPHER = new URL("./null-cipher.ts", import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) => {
    const resolved = next(specifier, context);
    return resolved.url.endsWith("/security/src/sealing/cipher.ts") ? { ...resolved, url: NULL_CIPHER } : resolved;
  },
});
