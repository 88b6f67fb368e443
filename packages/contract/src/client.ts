import { type Calls, type ClientOptions, createCalls } from "./calls.ts";
import { type RouteName, routes } from "./routes.ts";

/** A client bound to a server, for every route there is. */
export type Client = Calls<RouteName>;

/**
 * Makes a client.
 *
 * @example
 * const client = createClient({ baseUrl: "http://localhost:7171", accessToken: () => token });
 * const { data } = await client.call("answers.ask", { body: { question: "What is Mum allergic to?" } });
 */
export function createClient(options: ClientOptions): Client {
  return createCalls<RouteName>(routes, options);
}
