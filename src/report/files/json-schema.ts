import Type, { type Static } from 'typebox';
import { RunEvent } from '../../run/result/schema/event-schema.ts';
import { RunResult, Totals } from '../../run/result/schema/run-schema.ts';
import type { Frozen } from '../../run/result/schema/schema-parts.ts';

/** JSON Schema of what `--reporter json` writes; `run-result.schema.json` is made from it. */
export const jsonReportSchema = Type.Object(
  {
    $schema: Type.Literal('urn:pingone-tutorial:run-result:2', { description: 'Its number is `version`.' }),
    ...RunResult.properties,
    totals: Totals,
  },
  {
    $id: 'urn:pingone-tutorial:run-result:2',
    title: 'Result of a run of pingone-tutorial',
    description: 'What --reporter json writes.',
    additionalProperties: false,
  },
);

/** What `--reporter json` writes. */
export type JsonReport = Frozen<Static<typeof jsonReportSchema>>;

/** JSON Schema of a line that `--reporter ndjson` writes; `run-event.schema.json` is made from it. */
export const ndjsonEventSchema = {
  $id: 'urn:pingone-tutorial:run-event:2',
  title: 'Event of a run of pingone-tutorial',
  description: 'A line of what --reporter ndjson writes.',
  ...RunEvent,
};
