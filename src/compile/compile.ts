import type { Definition } from '../definition/definition.ts';
import { CollectionFile, editorSchema, StepFile } from '../definition/schema.ts';
import { compileCollection, type PostmanCollection } from './collection.ts';
import { compileEnvironment } from './environment-file.ts';
import { compileArazzo } from './workflow/arazzo.ts';
import { compileOpenApi } from './workflow/openapi.ts';
import { yamlText } from './workflow/yaml-text.ts';

/** A file that compiling makes. */
export interface CompiledFile {
  /** Where it belongs: beside the definition, or in the folder of environments. */
  readonly folder: 'collection' | 'environments';
  readonly name: string;
  /** UTF-8 text that ends with a line feed. */
  readonly text: string;
}

/** Every file that comes from a definition: the Postman collection, the Arazzo and OpenAPI descriptions, and the environments. */
export function compile(definition: Definition): CompiledFile[] {
  const comment =
    'Compiled by npm run compile from collection.yaml and the step files beside it, which are what to edit.';
  const [arazzo, openApi] = [arazzoFileName(definition.id), openApiFileName(definition.id)];
  return [
    {
      folder: 'collection',
      name: collectionFileName(definition.id),
      text: collectionText(compileCollection(definition)),
    },
    { folder: 'collection', name: arazzo, text: yamlText(compileArazzo(definition, `./${openApi}`), comment) },
    { folder: 'collection', name: openApi, text: yamlText(compileOpenApi(definition), comment) },
    ...definition.environments.map(
      (template): CompiledFile => ({
        folder: 'environments',
        name: `${template.id}.postman_environment.json`,
        text: jsonText(compileEnvironment(definition, template)),
      }),
    ),
  ];
}

/** The JSON Schemas that editors load for `collection.yaml` and step files, by file name. */
export function compileEditorSchemas(): Readonly<Record<string, string>> {
  return {
    'collection.schema.json': jsonText(editorSchema(CollectionFile, 'collection.schema.json')),
    'step.schema.json': jsonText(editorSchema(StepFile, 'step.schema.json')),
  };
}

export function collectionFileName(id: string): string {
  return `${id}.postman_collection.json`;
}

export function arazzoFileName(id: string): string {
  return `${id}.arazzo.yaml`;
}

export function openApiFileName(id: string): string {
  return `${id}.openapi.yaml`;
}

/** A collection as Postman exports it, with tabs: most of its lines are of scripts, deep within. */
export function collectionText(collection: PostmanCollection): string {
  return `${JSON.stringify(collection, null, '\t')}\n`;
}

/** JSON as compiled files have it. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
