import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import { CollectionFile, StepFile } from '../../../src/definition/schema.ts';
import { MatrixFile } from '../../../src/environment/matrix.ts';

it.each(Object.entries({ CollectionFile, StepFile, MatrixFile }))('the schema of %s is one', (_name, schema) => {
  const ajv = new Ajv();
  expect(ajv.validateSchema(schema), ajv.errorsText()).toBe(true);
});
