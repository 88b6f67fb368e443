import type { SourceKind } from "@kaelix/model";

/** The doors through which memories come in, as people know them. */
export const SOURCE_LABELS: Readonly<Record<SourceKind, string>> = {
  chat: "This app",
  rest: "Programs, by REST",
  cli: "The terminal",
  mcp: "Agents, by MCP",
  kafka: "Kafka topics",
  whatsapp: "WhatsApp imports",
  chatgpt: "ChatGPT imports",
  claude: "Claude imports",
  jsonl: "JSONL imports",
  csv: "CSV imports",
  markdown: "Markdown imports",
};
