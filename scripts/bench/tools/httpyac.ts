import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { filledIn, type PlainFlow, type PlainRequest, plainChecks, plainFlow } from '../plain-flow.ts';
import { type BenchTool, countProblems, exitProblems } from '../tool.ts';

const packages = { httpyac: '6.16.7' };

/** httpyac on `.http` files that are made from the definition; one file a flow. Scripts make the password. */
export const httpyac: BenchTool = {
  name: 'httpyac',
  packages,
  prepare: async ({ scratch, folder, definition, url }) => {
    const assertions = plainChecks(plainFlow(definition, url, 'x'), { schema: false, captures: true });
    return {
      version: packages.httpyac,
      checks: { assertions, schemas: false, password: 'script', evidence: 'output on the terminal' },
      command: async (flows, lanes = 1) => {
        if (lanes > 1) return undefined;
        const files = Array.from({ length: flows }, (_, index) => `flow-${String(index).padStart(5, '0')}.http`);
        const flowsFolder = join(folder, `flows-${flows}`);
        await mkdir(flowsFolder, { recursive: true });
        for (const [index, file] of files.entries()) {
          const flow = plainFlow(definition, url, `${Date.now()}-${index}`);
          await writeFile(join(flowsFolder, file), httpFile(flow));
        }
        const argv = ['send', ...(flows > 1 ? ['flow-*.http'] : files), '--all', '--output', 'short'];
        return { program: join(scratch, 'node_modules/.bin/httpyac'), argv, cwd: flowsFolder, home: folder };
      },
      problems: async (measured, flows) => [
        ...exitProblems(measured),
        ...countProblems('checks passed', measured.stdout.match(/^✓ /gm)?.length, assertions * flows),
      ],
    };
  },
};

/** A flow in the format of httpyac (https://httpyac.github.io/guide/request.html). */
export function httpFile({ requests, values }: PlainFlow): string {
  const captured = new Set(requests.flatMap(({ captures }) => captures.map(({ variable }) => variable)));
  const filled = (text: string) =>
    filledIn(text, (name) => (captured.has(name) || name === 'userPassword' ? `{{${name}}}` : (values[name] ?? '')));
  return requests.map((request) => httpRequest(request, filled)).join('\n###\n');
}

function httpRequest(request: PlainRequest, filled: (text: string) => string): string {
  const { authorization, contentType, form, json } = request;
  const body = form ? new URLSearchParams(form).toString() : json === undefined ? '' : filled(JSON.stringify(json));
  const type = form ? 'application/x-www-form-urlencoded' : contentType;
  const member = (path: readonly string[]) => path.map((part) => `[${JSON.stringify(part)}]`).join('');
  return [
    `# @name ${request.id}`,
    ...(body.includes('{{userPassword}}') ? ['{{', passwordScript, '}}'] : []),
    `${request.method} ${filled(request.url)}`,
    'bearer' in authorization
      ? `Authorization: Bearer ${authorization.bearer}`
      : `Authorization: Basic ${filled(authorization.username)} ${filled(authorization.password)}`,
    ...(type === undefined ? [] : [`Content-Type: ${type}`]),
    '',
    ...(body === '' ? [] : [body, '']),
    `?? status == ${request.status}`,
    ...request.values.map(({ path, value }) => `?? js response.parsedBody${member(path)} == ${filled(value)}`),
    ...(request.captures.length === 0
      ? []
      : [
          '{{',
          ...request.captures.flatMap(({ variable, path }) => [
            `exports.${variable} = response.parsedBody${member(path)};`,
            `test('captures ${variable}', () => { if (typeof exports.${variable} !== 'string') throw new Error('no text'); });`,
          ]),
          '}}',
        ]),
    '',
  ].join('\n');
}

/** Every class of characters, from a cryptographic source, as the script in the compiled collection does it. */
const passwordScript = `const { randomInt } = require('node:crypto');
const classes = ['ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz', '0123456789', '~!@#$%^*()-_=+[];:,.?'];
const alphabet = classes.join('');
const isGood = (text) => classes.every((set) => [...text].some((one) => set.includes(one))) && !/(.)\\1\\1/.test(text);
let made = '';
while (!isGood(made)) made = Array.from({ length: 24 }, () => alphabet[randomInt(alphabet.length)]).join('');
exports.userPassword = made;`;
