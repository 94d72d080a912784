import generators from 'postman-code-generators';
import type { PostmanCollection } from '../../src/compile/collection.ts';
import type { Definition, Step } from '../../src/definition/definition.ts';
import { type Language, languages } from './languages.ts';
import { sentRequest } from './request.ts';

/** A step's request as a program, as Postman generates it; it ends without a line feed. */
export interface Snippet {
  readonly language: Language;
  readonly code: string;
}

/** The request of a step in every language, made from the compiled collection of the definition. */
export function snippetsOf(step: Step, definition: Definition, collection: PostmanCollection): Snippet[] {
  return languages.map((language) => ({
    language,
    code: asShown(language, generate(language, step, definition, collection)),
  }));
}

function generate(
  { generator: [language, variant] }: Language,
  step: Step,
  definition: Definition,
  collection: PostmanCollection,
): string {
  let made: string | undefined;
  // A request of its own for each language: the generator for HTTP adds a Content-Length to the one it is given.
  generators.convert(language, variant, sentRequest(step, definition, collection), {}, (error, snippet) => {
    if (error) throw new Error(`no ${variant} example of ${step.id}`, { cause: error });
    made = snippet;
  });
  if (made === undefined) throw new Error(`no ${variant} example of ${step.id}: the generator did not call back`);
  return made;
}

/**
 * Takes off what PingOne's pages do not show: line feeds at the end, space at the end of Swift's lines, a length that variables
 * change. Some generators encode forms, the braces of variables too.
 */
function asShown({ id }: Language, snippet: string): string {
  const code = snippet.replace(/\n+$/, '').replace(/%7B%7B(\w+)%7D%7D/g, '{{$1}}');
  if (id === 'swift') return code.replace(/ +$/gm, '');
  if (id !== 'http') return code;
  const [head = '', ...body] = code.split('\n\n');
  return [head.replace(/\nContent-Length: \d+/, ''), ...body].join('\n\n');
}
