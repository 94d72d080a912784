import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { Checked, CollectionSources } from '../reading/collection-sources.ts';
import type { Problem } from '../reading/problem.ts';
import { problemAtPath } from '../reading/source-file.ts';
import type { StepFile } from '../schema.ts';

/** Requests that no value of a variable makes one that can be sent. A collection that is as Postman sends it fails when it is run. */
export function requestProblems({ collection, steps, cleanUp }: CollectionSources): Problem[] {
  return collection.data.unresolved === 'sent'
    ? []
    : [...steps, ...cleanUp].flatMap((step) => [...addressProblems(step), ...headerProblems(step)]);
}

function addressProblems({ source, data }: Checked<StepFile>): Problem[] {
  const { url } = data.request;
  const problem = (message: string) => [problemAtPath(source, ['request', 'url'], message)];
  if (url.startsWith('{{')) return [];
  if (!/^https?:\/\//i.test(url))
    return problem(`"${url}" is no address; expected a variable, http:// or https:// at its beginning`);
  return URL.canParse(withoutVariables(url)) ? [] : problem(`"${url}" is no address that a request could be sent to`);
}

function headerProblems({ source, data }: Checked<StepFile>): Problem[] {
  return (data.request.headers ?? []).flatMap(({ name, value, disabled }, index) => {
    const at = ['request', 'headers', index];
    if (disabled) return [];
    return [
      ...(isAllowed(() => validateHeaderName(withoutVariables(name)))
        ? []
        : [problemAtPath(source, [...at, 'name'], `"${name}" is no name of a header; expected letters, digits and -`)]),
      ...(isAllowed(() => validateHeaderValue('name', withoutVariables(value)))
        ? []
        : [problemAtPath(source, [...at, 'value'], 'a header cannot hold line breaks or characters beyond Latin-1')]),
    ];
  });
}

/** A digit may stand in names, values, hosts and ports. */
function withoutVariables(text: string): string {
  return text.replaceAll(/\{\{[^{}]*\}\}/g, '1');
}

function isAllowed(validate: () => void): boolean {
  try {
    validate();
    return true;
  } catch {
    return false;
  }
}
