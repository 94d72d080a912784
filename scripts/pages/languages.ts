import type { Definition, Step } from '../../src/definition/definition.ts';
import { variablesIn } from '../../src/definition/variables.ts';

export type LanguageId =
  | 'curl'
  | 'csharp'
  | 'go'
  | 'http'
  | 'java'
  | 'jquery'
  | 'nodejs'
  | 'python'
  | 'php'
  | 'ruby'
  | 'swift';

/** A language of the examples, and what a person must know to run one. */
export interface Language {
  readonly id: LanguageId;
  readonly name: string;
  /** The library that the example uses, where it is none of the language's own. */
  readonly library?: string;
  /** The language of the code block, as GitHub knows it. */
  readonly fence: string;
  /** What `postman-code-generators` calls it. */
  readonly generator: readonly [language: string, variant: string];
  /** What a fragment needs around it, in Markdown. */
  readonly frame?: string;
  /** How to put values into it. */
  readonly remarks?: readonly Remark[];
  /** What must be changed before the example of a step works. */
  readonly changes: readonly Change[];
}

/** What a person calls it. */
export function nameOf({ name, library }: Language): string {
  return library === undefined ? name : `${name} (${library})`;
}

/** What a person must know or do with the example of some steps. */
export interface Remark {
  readonly appliesTo: (step: Step, definition: Definition) => boolean;
  /** In Markdown. */
  readonly words: (step: Step) => string;
}

/** A change that makes a generated example work; its words say what to change and why. */
export interface Change extends Remark {
  /** Makes the change, in an example whose variables have their values. */
  readonly make: (snippet: string, step: Step) => string;
}

/** The status that the examples should expect. */
function usualStatus({ expect, example }: Step): number {
  return example?.status ?? expect.status[0] ?? 200;
}

const hasRawBody = ({ request: { body } }: Step) => body?.json !== undefined || body?.raw !== undefined;

/** The address begins with a variable, so that the generator cannot see that it is one of HTTPS. */
const beginsWithVariable = ({ request: { url } }: Step) => url.startsWith('{{');

function sendsSecret(step: Step, { variables }: Definition): boolean {
  const secrets = variables.filter(({ secret }) => secret).map(({ name }) => name);
  return variablesIn(JSON.stringify(step.request.body ?? '')).some((name) => secrets.includes(name));
}

/** What a person must know of values put into a form that is written as one text. */
const encodedForm: Remark = {
  appliesTo: ({ request: { body } }) => body?.form !== undefined && variablesIn(JSON.stringify(body.form)).length > 0,
  words: () => 'Percent-encode the values that you put into the body: `&` becomes `%26`.',
};

const hostOfMessage: Change = {
  appliesTo: beginsWithVariable,
  words: ({ request }) =>
    `Write only the host name of \`{{${variablesIn(request.url)[0]}}}\` after \`Host:\`, without \`https://\`.`,
  make: (snippet) => snippet.replace(/^Host: https?:\/\//m, 'Host: '),
};

const lengthOfMessage: Change = {
  appliesTo: ({ request }) => request.body !== undefined,
  words: () => 'Add the header `Content-Length` with the number of bytes of the body.',
  make: (snippet) => {
    const [head = '', ...body] = snippet.split('\n\n');
    return `${head}\nContent-Length: ${Buffer.byteLength(body.join('\n\n'))}\n\n${body.join('\n\n')}`;
  },
};

const goneOption: Change = {
  appliesTo: () => true,
  words: () =>
    'With RestSharp 113 or later, which has no `MaxTimeout` any more, write `Timeout = Timeout.InfiniteTimeSpan,` instead of ' +
    '`MaxTimeout = -1,`.',
  make: (snippet) => snippet.replace('MaxTimeout = -1,', 'Timeout = Timeout.InfiniteTimeSpan,'),
};

const bodyOfGet: Change = {
  appliesTo: ({ request }) => request.method === 'GET' || request.method === 'HEAD',
  words: ({ request: { method } }) =>
    `OkHttp refuses a ${method} request that has a body: write \`.method("${method}", null)\` instead of ` +
    `\`.method("${method}", body)\`.`,
  make: (snippet, { request: { method } }) =>
    snippet.replace(`.method("${method}", body)`, `.method("${method}", null)`),
};

const lineFeedsInSingleQuotes: Change = {
  appliesTo: hasRawBody,
  words: () =>
    'Delete each `\\n` in the text given to `setBody`: in single quotes PHP sends it as the characters `\\` and `n`, and the ' +
    'body is no JSON.',
  make: (snippet) => snippet.replace(/^\$request->setBody\(.*$/m, (line) => line.replace(/(?<!\\)\\n/g, '')),
};

const statusOfSuccess: Change = {
  appliesTo: (step) => usualStatus(step) !== 200,
  words: (step) =>
    `Compare \`getStatus()\` with ${usualStatus(step)} instead of 200: otherwise success is printed as an unexpected status.`,
  make: (snippet, step) => snippet.replace('getStatus() == 200', `getStatus() == ${usualStatus(step)}`),
};

const useSsl: Change = {
  appliesTo: beginsWithVariable,
  words: () => 'For HTTPS, add the line `http.use_ssl = true` after the one with `Net::HTTP.new`.',
  make: (snippet) => snippet.replace(/^http = Net::HTTP\.new.*$/m, '$&\nhttp.use_ssl = true'),
};

const hashInDoubleQuotes: Change = {
  appliesTo: sendsSecret,
  words: () =>
    'Write `\\#` for each `#` in a secret value: in double quotes, Ruby may take it for the beginning of an expression.',
  make: (snippet) => snippet.replace(/#/g, '\\#'),
};

/** The languages of the examples, in their order on a page. */
export const languages: readonly Language[] = [
  { id: 'curl', name: 'cURL', fence: 'shell', generator: ['curl', 'cURL'], changes: [] },
  {
    id: 'csharp',
    name: 'C#',
    library: 'RestSharp',
    fence: 'csharp',
    generator: ['csharp', 'RestSharp'],
    frame: 'A fragment: put `using RestSharp;` before it.',
    changes: [goneOption],
  },
  { id: 'go', name: 'Go', fence: 'go', generator: ['go', 'Native'], remarks: [encodedForm], changes: [] },
  {
    id: 'http',
    name: 'HTTP',
    fence: 'http',
    generator: ['http', 'HTTP'],
    remarks: [encodedForm],
    changes: [hostOfMessage, lengthOfMessage],
  },
  {
    id: 'java',
    name: 'Java',
    library: 'OkHttp',
    fence: 'java',
    generator: ['java', 'OkHttp'],
    frame: 'A fragment: put it into a method that `throws IOException`, in a file with `import okhttp3.*;`.',
    remarks: [encodedForm],
    changes: [bodyOfGet],
  },
  {
    id: 'jquery',
    name: 'jQuery',
    fence: 'javascript',
    generator: ['javascript', 'jQuery'],
    frame: 'A fragment of the script of a page that has loaded jQuery.',
    changes: [],
  },
  {
    id: 'nodejs',
    name: 'NodeJS',
    library: 'request',
    fence: 'javascript',
    generator: ['nodejs', 'Request'],
    changes: [],
  },
  {
    id: 'python',
    name: 'Python',
    library: 'requests',
    fence: 'python',
    generator: ['python', 'Requests'],
    remarks: [encodedForm],
    changes: [],
  },
  {
    id: 'php',
    name: 'PHP',
    library: 'HTTP_Request2',
    fence: 'php',
    generator: ['php', 'HTTP_Request2'],
    changes: [lineFeedsInSingleQuotes, statusOfSuccess],
  },
  {
    id: 'ruby',
    name: 'Ruby',
    fence: 'ruby',
    generator: ['ruby', 'Net::HTTP'],
    remarks: [encodedForm],
    changes: [useSsl, hashInDoubleQuotes],
  },
  {
    id: 'swift',
    name: 'Swift',
    fence: 'swift',
    generator: ['swift', 'URLSession'],
    frame: 'A fragment: put `import Foundation` before it, and keep the program running until the answer has come.',
    remarks: [encodedForm],
    changes: [],
  },
];

/** The changes that the example of a step needs in a language, in the order in which they are made. */
export function changesFor(language: Language, step: Step, definition: Definition): readonly Change[] {
  return language.changes.filter(({ appliesTo }) => appliesTo(step, definition));
}

/** What the page of a step says below the example in a language. */
export function notesFor(language: Language, step: Step, definition: Definition): readonly string[] {
  const remarks = (language.remarks ?? []).filter(({ appliesTo }) => appliesTo(step, definition));
  return [
    ...(language.frame === undefined ? [] : [language.frame]),
    ...[...remarks, ...changesFor(language, step, definition)].map(({ words }) => words(step)),
  ];
}
