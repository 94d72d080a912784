/**
 * The types of a run's result and of its events. They are made from schemas in `schema/`, which also make the published JSON Schema
 * and validate reports that are read; a run itself loads none of them.
 */
export type * from './schema/comparison-schema.ts';
export type * from './schema/event-schema.ts';
export type * from './schema/run-schema.ts';
export type * from './schema/step-schema.ts';
