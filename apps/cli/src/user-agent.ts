/** What the command line says of itself to servers: its name, its version, and the system that it runs on. Nothing of the machine. */

/** The version of the product that this command line is part of. */
export const VERSION = "0.1.0";

const SYSTEMS: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: "Mac OS X",
  linux: "Linux",
  win32: "Windows",
};

/** `kaelix-cli/0.1.0 (Linux)`: what a person's list of devices shows by a name. */
export function userAgentOf(program: "kaelix-cli" | "kaelix-mcp"): string {
  const system = SYSTEMS[process.platform] ?? process.platform;
  return `${program}/${VERSION} (${system})`;
}
