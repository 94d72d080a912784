import type { RunEvent, RunResult } from '../run/result/result.ts';

/** A report made from the whole result, or from each event as it happens. */
export type Reporter =
  | { readonly kind: 'document'; render(result: RunResult): string }
  | { readonly kind: 'stream'; render(event: RunEvent): string };

/** Every reporter that writes a text of its own, by name; each is loaded when it is asked for. */
export const reporters = {
  junit: async () => document((await import('./files/junit.ts')).renderJUnit),
  json: async () => document((await import('./files/json-report.ts')).renderJson),
  ndjson: async (): Promise<Reporter> => ({
    kind: 'stream',
    render: (await import('./files/ndjson.ts')).renderNdjsonEvent,
  }),
  ctrf: async () => document((await import('./files/ctrf.ts')).renderCtrf),
  html: async () => document((await import('./html/html.ts')).renderHtml),
  markdown: async () => document((await import('./text/markdown.ts')).renderMarkdown),
} as const satisfies Readonly<Record<string, () => Promise<Reporter>>>;

function document(render: (result: RunResult) => string): Reporter {
  return { kind: 'document', render };
}
