import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { filledIn, type PlainFlow, type PlainRequest, plainChecks, plainFlow } from '../plain-flow.ts';
import { type BenchTool, countProblems, exitProblems, numberIn } from '../tool.ts';

const packages = { stepci: '2.8.2' };

/** Step CI on a workflow file that is made from the definition; one test a flow, one after the other. It has no scripts. */
export const stepCi: BenchTool = {
  name: 'Step CI',
  packages,
  prepare: async ({ scratch, folder, definition, url }) => {
    const assertions = plainChecks(plainFlow(definition, url, 'x'), { schema: true, captures: false });
    return {
      version: packages.stepci,
      checks: { assertions, schemas: true, password: 'given', evidence: 'exit code and tests passed' },
      command: async (flows, lanes = 1) => {
        const file = join(folder, `flows-${flows}.yml`);
        const made = Array.from({ length: flows }, (_, index) => plainFlow(definition, url, `${Date.now()}-${index}`));
        await writeFile(file, workflowFile(made, lanes));
        return {
          program: join(scratch, 'node_modules/.bin/stepci'),
          argv: ['run', file],
          cwd: folder,
          home: folder,
          variables: { STEPCI_DISABLE_ANALYTICS: '1' },
        };
      },
      problems: async (measured, flows) => [
        ...exitProblems(measured),
        ...countProblems('tests passed', numberIn(measured.stdout, /Tests: .*?(\d+) passed/), flows),
        ...countProblems('steps passed', numberIn(measured.stdout, /Steps: .*?(\d+) passed/), 6 * flows),
      ],
    };
  },
};

/** Flows in the format of Step CI (https://docs.stepci.com/reference/workflow-syntax.html), `concurrency` of them at a time. */
export function workflowFile(flows: readonly PlainFlow[], concurrency: number): string {
  const tests = Object.fromEntries(flows.map((flow, index) => [`flow-${index}`, { steps: stepsOf(flow) }]));
  return stringify(
    { version: '1.1', name: 'bench', config: { concurrency }, tests },
    { aliasDuplicateObjects: false, lineWidth: 0 },
  );
}

function stepsOf({ requests, values }: PlainFlow): object[] {
  const captured = new Set(requests.flatMap(({ captures }) => captures.map(({ variable }) => variable)));
  const filled = (text: string) =>
    filledIn(text, (name) => (captured.has(name) ? `\${{captures.${name}}}` : (values[name] ?? '')));
  return requests.map((request) => ({ name: request.id, http: httpOf(request, filled) }));
}

function httpOf(request: PlainRequest, filled: (text: string) => string): object {
  const { authorization, contentType, form, json, schema, values, captures } = request;
  const type = form ? 'application/x-www-form-urlencoded' : contentType;
  const jsonPath = (path: readonly string[]) => `$.${path.join('.')}`;
  return {
    url: filled(request.url),
    method: request.method,
    // It does not say by itself that a form is one.
    ...(type !== undefined && { headers: { 'Content-Type': type } }),
    auth:
      'bearer' in authorization
        ? { bearer: { token: filled(authorization.bearer) } }
        : { basic: { username: filled(authorization.username), password: filled(authorization.password) } },
    ...(form && { form }),
    ...(json !== undefined && { json: JSON.parse(filled(JSON.stringify(json))) as unknown }),
    ...(captures.length > 0 && {
      captures: Object.fromEntries(captures.map(({ variable, path }) => [variable, { jsonpath: jsonPath(path) }])),
    }),
    check: {
      status: request.status,
      schema: schema.content,
      ...(values.length > 0 && {
        jsonpath: Object.fromEntries(values.map(({ path, value }) => [jsonPath(path), filled(value)])),
      }),
    },
  };
}
