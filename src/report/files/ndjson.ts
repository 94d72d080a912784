import { printableJson } from '../../printable.ts';
import type { RunEvent } from '../../run/result/result.ts';

/** An event as a line of JSON (https://github.com/ndjson/ndjson-spec). */
export function renderNdjsonEvent(event: RunEvent): string {
  return `${printableJson(JSON.stringify(event))}\n`;
}
