import Type, { type Static, type TSchema } from 'typebox';

/**
 * The format of `collection.yaml` and of step files: the one place that says it.
 * TypeScript types, validation (`shape.ts`) and the editor schemas in `collections/` all come from here.
 */

const strict = { additionalProperties: false } as const;

export const variableName = '^[A-Za-z_][A-Za-z0-9_]*$';
/** In declarations also what Postman's users write, such as `user id` and `größe`: all that can stand between `{{` and `}}`. */
export const declaredName = '^[^{}\\s$]([^{}\\r\\n]*[^{}\\s])?$';
/** Name of a target in reports and in names of files. */
export const targetName = '^[A-Za-z0-9_][A-Za-z0-9_.-]*$';
const dynamicName = '^\\$[A-Za-z]+$';
const identifier = '^[a-z0-9]+(-[a-z0-9]+)*$';
const jsonPointer = '^(/([^/~]|~[01])*)*$';
const schemaFile = '^[A-Za-z0-9_.-]+\\.schema\\.json$';
export const osVariable = '^[A-Z][A-Z0-9_]*$';

/** What a text that matches a pattern of the format is, in words. */
export const patternWords: Readonly<Record<string, string>> = {
  [variableName]: 'a name of letters, digits and _ that does not begin with a digit',
  [declaredName]: 'a name without {, } and line breaks, that does not begin with $ and has no space around it',
  [targetName]: 'a name of letters, digits, _, - and .',
  [dynamicName]: 'the name of a dynamic variable of Postman, such as $randomInt',
  [identifier]: 'lower-case words and digits joined by hyphens',
  [jsonPointer]: 'a JSON pointer such as /id or /items/0/name',
  [schemaFile]: 'the name of a file in schemas/, ending in .schema.json',
  [osVariable]: 'capital letters, digits and _, beginning with a letter',
};

const Text = (description: string) => Type.String({ minLength: 1, description });
const Flag = (description: string) => Type.Boolean({ description });
const Id = (description: string) => Type.String({ pattern: identifier, description });
const VariableName = (description: string) => Type.String({ pattern: variableName, description });
const byVariable = <T extends TSchema>(value: T, description: string) =>
  Type.Record(Type.String({ pattern: variableName }), value, { ...strict, description });
const oneOrMore = <T>(item: object, description: string) =>
  Type.Unsafe<T | readonly T[]>({
    ...item,
    type: [(item as { type: string }).type, 'array'],
    items: item,
    minItems: 1,
    description,
  });
const Raw = (description: string) => Type.Record(Type.String(), Type.Unknown(), { description });
const exactlyOne = { minProperties: 1, maxProperties: 1, ...strict } as const;

/** What an answer says is wrong. */
const errorKeys = {
  code: Type.Optional(Text('`code` of the error body, or `type` of problem details (RFC 9457).')),
  detail: Type.Optional(Text('`code` of an entry of `details` (or `errors`) in the error body.')),
  target: Type.Optional(Text('`target` of such an entry, e.g. email.')),
  oauthError: Type.Optional(Text('`error` of the answer of a token endpoint (RFC 6749), e.g. invalid_client.')),
  description: Type.Optional(
    Text('Part of the message of the error, e.g. of its `error_description`, in small or capital letters.'),
  ),
  unsatisfied: Type.Optional(
    Text('A rule that an entry of `details` lists as not met (`service.errors.unsatisfied`), e.g. history.'),
  ),
};

const Troubleshooting = Type.Object(
  {
    when: Type.Object(
      {
        status: Type.Optional(
          oneOrMore<number>(
            { type: 'integer', minimum: 100, maximum: 599 },
            'HTTP status of the response, one or a list.',
          ),
        ),
        ...errorKeys,
        connection: Type.Optional(
          Type.Enum(['refused', 'timeout', 'unknown-host', 'tls', 'interrupted', 'other'], {
            description: 'How the connection failed.',
          }),
        ),
        check: Type.Optional(
          Type.Enum(['ready', 'status', 'schema', 'value', 'capture', 'script'], {
            description: 'A check of this kind failed.',
          }),
        ),
        variable: Type.Optional(VariableName('The failed check is about this variable, or it has no value.')),
        message: Type.Optional(
          oneOrMore<string>({ type: 'string', minLength: 1 }, 'Part of what the failed check says; of a list, each.'),
        ),
        token: Type.Optional(
          Type.Enum(['expired', 'fresh'], {
            description: 'Whether the access token of the request was over when it was sent, as its claim `exp` says.',
          }),
        ),
        body: Type.Optional(
          Type.Enum(['not-json', 'error'], {
            description:
              'not-json: the body of the response is there, but is not JSON, or is nested too deeply to be read. error: a response that is no error by its status reports one, in its body or in the address it redirects to.',
          }),
        ),
      },
      { ...strict, minProperties: 1, description: 'The condition: every key given must hold.' },
    ),
    cause: Text('The likeliest cause, in a sentence.'),
    remedy: Text('What to do next, in a sentence.'),
  },
  { ...strict, description: 'What a failure means and what to do about it.' },
);

const Authorization = Type.Object(
  {
    basic: Type.Optional(
      Type.Object(
        { username: Text('User name, or client id.'), password: Text('Password, or client secret.') },
        strict,
      ),
    ),
    bearer: Type.Optional(Text('The token, usually a variable: "{{token}}".')),
    none: Type.Optional(Type.Literal(true, { description: 'Send no authorization, although the collection has one.' })),
  },
  {
    ...exactlyOne,
    description:
      'Authorization. A request that has none of its own uses that of the collection; where that has none, nothing is sent.',
  },
);

const Header = Type.Object(
  {
    name: Text('Header name.'),
    value: Type.String({ description: 'Header value; may hold variables.' }),
    description: Type.Optional(Text('Why the header is there; shown in Postman.')),
    disabled: Type.Optional(Flag('Listed in Postman, not sent.')),
  },
  strict,
);

const Body = Type.Object(
  {
    json: Type.Optional(Type.Unknown({ description: 'A JSON body.' })),
    form: Type.Optional(
      Type.Record(Type.String(), Type.String(), { description: 'A form body (application/x-www-form-urlencoded).' }),
    ),
    jsonText: Type.Optional(
      Type.String({
        description: 'JSON as text, sent as it is: for variables outside of quotes, or a layout that matters.',
      }),
    ),
    raw: Type.Optional(Type.String({ description: 'Any other text.' })),
  },
  { ...exactlyOne, description: 'The request body, in one of the forms.' },
);

const Request = Type.Object(
  {
    method: Type.Enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'], { description: 'HTTP method.' }),
    url: Text('Address, beginning with a variable or a scheme: "{{baseUrl}}/users/{{userId}}".'),
    headers: Type.Optional(Type.Array(Header, { description: 'Headers, in the order in which Postman lists them.' })),
    auth: Type.Optional(Authorization),
    body: Type.Optional(Body),
  },
  { ...strict, description: 'The request of this step.' },
);

const Generator = Type.Object(
  {
    unlessSet: Type.Optional(Flag('Keep a value that the variable already has.')),
    password: Type.Optional(
      Type.Object(
        {
          length: Type.Integer({ minimum: 12, maximum: 255, description: 'Number of characters.' }),
          avoid: Type.Optional(
            Type.Array(Type.String(), {
              description: "Texts (the user's own data) no part of which may be in the password.",
            }),
          ),
        },
        { ...strict, description: 'A password with characters of every class, from a cryptographic source.' },
      ),
    ),
    runId: Type.Optional(
      Type.Literal(true, { description: 'A time stamp and random digits, for names that must be unique.' }),
    ),
    table: Type.Optional(
      Type.Object(
        {
          of: Text('What is looked up, usually a variable: "{{tld}}".'),
          values: Type.Record(Type.String(), Text('The value.'), {
            minProperties: 1,
            description: 'What is looked up → the value. Anything else is an error.',
          }),
        },
        { ...strict, description: 'The value that belongs to another one.' },
      ),
    ),
    script: Type.Optional(
      Type.String({ minLength: 1, description: 'JavaScript function body that returns the value.' }),
    ),
  },
  { ...strict, description: 'How the value is made. Exactly one of `password`, `runId`, `table`, `script`.' },
);

/** A number is no text here: 7 is not "7". */
const Scalar = ['string', 'number', 'boolean'] as const;
type Scalar = string | number | boolean;

/** What a part of the response must be: exactly one of these, and what goes with it. */
const conditionKeys = {
  is: Type.Optional(
    Type.Unsafe<Scalar | readonly Scalar[]>({
      type: [...Scalar, 'array'],
      items: { type: [...Scalar] },
      minItems: 1,
      description: 'It is this, or one of this list. Text may hold variables.',
    }),
  ),
  has: Type.Optional(
    Type.Unsafe<Scalar>({ type: [...Scalar], description: 'It is a list with this in it, or this alone.' }),
  ),
  endsWith: Type.Optional(Text('It is text that ends with this.')),
  atLeast: Type.Optional(Type.Number({ description: 'It is a number that is not less.' })),
  past: Type.Optional(
    Type.Literal(true, { description: 'It is a time that has come: an ISO date, or seconds since 1970 (RFC 7519).' }),
  ),
  future: Type.Optional(Type.Literal(true, { description: 'It is a time that has not come yet.' })),
  writtenAs: Type.Optional(
    Type.Record(Type.String(), Text('How it is written in the response.'), {
      minProperties: 1,
      description: 'For `is`, `has` and `endsWith`: value → how the response writes it, where that is another word.',
    }),
  ),
  ifSet: Type.Optional(
    Flag('For `is`, `has` and `endsWith`: nothing is asked while a variable of the text has no value.'),
  ),
};

/** What a part of the response must be. */
export const ValueCondition = Type.Object(conditionKeys, {
  ...strict,
  description: 'Exactly one of `is`, `has`, `endsWith`, `atLeast`, `past`, `future`.',
});

const amountKeys = {
  value: Type.String({ pattern: jsonPointer, description: 'JSON pointer into the item.' }),
  minus: Type.Optional(
    Type.String({ pattern: jsonPointer, description: 'JSON pointer to a number that is taken off the value.' }),
  ),
};

/** How an item of a list is chosen. */
export const Choice = Type.Object(
  {
    from: Type.String({ pattern: jsonPointer, description: 'JSON pointer to the list in the response body.' }),
    take: Type.String({
      pattern: jsonPointer,
      description: 'JSON pointer, in an item, to the value that is captured.',
    }),
    name: Type.Optional(
      Type.String({ pattern: jsonPointer, description: 'JSON pointer, in an item, to what messages call it.' }),
    ),
    where: Type.Optional(
      Type.Array(
        Type.Object(
          { ...amountKeys, ...conditionKeys },
          {
            ...strict,
            description: 'A part of it, and exactly one of `is`, `has`, `endsWith`, `atLeast`, `past`, `future`.',
          },
        ),
        { description: 'What an item must be. The first that does not hold is the reason why it is passed over.' },
      ),
    ),
    most: Type.Optional(
      Type.Object(amountKeys, {
        ...strict,
        description: 'Of several, the item that has the most of this. Default: the first.',
      }),
    ),
  },
  {
    ...strict,
    description:
      'Choose an item of a list. When the variable has a value, the item that has it is chosen, and must be fit; else it is a failure.',
  },
);

const Capture = Type.Object(
  {
    from: Type.Optional(
      Type.String({ pattern: jsonPointer, description: 'JSON pointer into the response body, e.g. /id.' }),
    ),
    claim: Type.Optional(Text('Take this claim of the JSON Web Token found there.')),
    choose: Type.Optional(Choice),
    script: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'JavaScript function body that returns the value, in place of `from`.',
      }),
    ),
    unlessSet: Type.Optional(Flag('Keep a value that the variable already has.')),
    optional: Type.Optional(Flag('It is no failure when there is no value.')),
  },
  {
    ...strict,
    description:
      'Where the value comes from: exactly one of `from`, `choose`, `script`; or `from` alone, as text such as /id.',
  },
);

/** A mapping, or text in its place; what is read of it is always the mapping: see `writtenOutStep`. */
const orText = <T extends TSchema>(mapping: T, text: object) =>
  Type.Unsafe<Static<T> | string>({ ...mapping, ...text, type: ['object', 'string'] });

/** What the request asked for must be what the response shows. */
export const RequestedValue = Type.Object(
  {
    requested: Type.String({
      pattern: jsonPointer,
      description: 'JSON pointer into the JSON body of the request, as it was sent.',
    }),
    writtenAs: Type.Optional(
      Type.Record(Type.String(), Text('How it is written in the response.'), {
        minProperties: 1,
        description: 'Value of the request → how the response writes it, where that is another word.',
      }),
    ),
  },
  strict,
);

const Expectation = Type.Object(
  {
    status: Type.Optional(
      oneOrMore<number>(
        { type: 'integer', minimum: 100, maximum: 599 },
        'HTTP status that means success, one or a list.',
      ),
    ),
    schema: Type.Optional(
      Type.String({
        pattern: schemaFile,
        description: 'File in `schemas/` with the JSON Schema of the response body (draft-07, 2019-09 or 2020-12).',
      }),
    ),
    values: Type.Optional(
      Type.Record(
        Type.String({ pattern: jsonPointer }),
        Type.Unsafe<ExpectedValue>({ ...RequestedValue, type: ['string', 'number', 'boolean', 'null', 'object'] }),
        {
          ...strict,
          description:
            'JSON pointer into the response body → the value that must be there. Text may hold variables; `requested` takes the value from the body of the request.',
        },
      ),
    ),
    claims: Type.Optional(
      Type.Record(
        Type.String({ pattern: jsonPointer }),
        Type.Record(Type.String({ minLength: 1 }), ValueCondition, {
          minProperties: 1,
          description: 'Name of a claim → what it must be.',
        }),
        {
          ...strict,
          description:
            'JSON pointer to a JSON Web Token in the response body → its claims, and what they must be. Its signature is not checked.',
        },
      ),
    ),
  },
  { ...strict, description: 'What the response must be.' },
);

const LookUp = Type.Object(
  {
    url: Text('Address of a list that can hold it, read with GET and the authorization of the collection.'),
    items: Type.String({ pattern: jsonPointer, description: 'JSON pointer to the list in the answer.' }),
    name: Type.String({ pattern: jsonPointer, description: 'JSON pointer to the name in an item of the list.' }),
  },
  {
    ...strict,
    description: 'How to find it by its name, after an answer was lost: the item whose name is equal is taken for it.',
  },
);

const Retry = Type.Object(
  {
    attempts: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 20, description: 'Attempts, the first included. Default: 5.' }),
    ),
    budget: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 1000,
        description: 'Attempts beyond the first that all steps of a run may have together. Default: 30.',
      }),
    ),
    baseDelay: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 60,
        description: 'Seconds to the second attempt; doubled each time. Default: 1.',
      }),
    ),
    maximumDelay: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 600,
        description: 'Longest wait, in seconds, also when Retry-After asks for more. Default: 60.',
      }),
    ),
    propagation: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 600,
        description:
          'Seconds after a creation in which 401, 403 and 404 are tried again, and a list that lacks it is not believed. Default: 60.',
      }),
    ),
  },
  { ...strict, description: 'How often a request is tried again after a fault that may pass.' },
);

const pointerTo = (what: string) => Type.String({ pattern: jsonPointer, description: `JSON pointer to ${what}.` });

const Service = Type.Object(
  {
    name: Type.Optional(Text('Its name, as reports write it before what it says. Default: The server.')),
    client: Type.Optional(Text('What the credentials belong to, as `doctor` writes it. Default: the application.')),
    errors: Type.Optional(
      Type.Object(
        {
          code: Type.Optional(pointerTo('the code')),
          message: Type.Optional(pointerTo('the message')),
          details: Type.Optional(pointerTo('the list of details')),
          unsatisfied: Type.Optional(
            Type.String({
              pattern: jsonPointer,
              description: 'In a detail: JSON pointer to the rules that are not met.',
            }),
          ),
          allowed: Type.Optional(
            Type.String({
              pattern: jsonPointer,
              description: 'In a detail: JSON pointer to the values that are allowed.',
            }),
          ),
          retryAfter: Type.Optional(pointerTo('when to try again, in a detail: seconds, or a date')),
          show: Type.Optional(
            Type.Record(Type.String({ minLength: 1 }), pointerTo('a value in a detail'), {
              description: 'What reports show of a detail beside its message: name → JSON pointer in the detail.',
            }),
          ),
          final: Type.Optional(
            Type.Array(Text('A code.'), {
              description: 'Codes of errors and details after which a request is not tried again.',
            }),
          ),
          finalMessages: Type.Optional(
            Type.Array(Text('The beginning of a message.'), {
              description:
                'Messages after which a request is not tried again, by their beginnings: of errors without a code.',
            }),
          ),
          nameTaken: Type.Optional(
            Type.Array(Text('A code.'), {
              description:
                'Codes that mean that a name is taken, beside the status 409: no two things have one name. So what was asked for, but not answered, is asked for again without harm; when its name is then taken, it is looked for.',
            }),
          ),
        },
        {
          ...strict,
          description:
            'How the service reports errors: where the body has its parts, and what codes mean. Places are not needed for problem details (RFC 9457), OAuth errors (RFC 6749), and `code`, `message` and `details`, also within `error`.',
        },
      ),
    ),
  },
  { ...strict, description: 'The service that the requests go to.' },
);

const Roles = Type.Object(
  {
    needed: Type.Array(Text('Name of a role.'), {
      minItems: 1,
      description: 'Names of the roles that the steps need.',
    }),
    where: Type.Optional(Text('Where a person assigns roles, as `doctor` writes it: "in the settings (Roles)".')),
    names: Type.Object(
      {
        url: Text('Address of the list of all roles, read with GET.'),
        items: pointerTo('the list in the answer'),
        id: pointerTo('the id in an item'),
        name: pointerTo('the name in an item'),
      },
      { ...strict, description: 'Where the names of roles are.' },
    ),
    assigned: Type.Object(
      {
        url: Text('Address of the list of the roles that the application has, read with GET.'),
        items: pointerTo('the list in the answer'),
        id: pointerTo("the role's id in an item"),
      },
      { ...strict, description: 'Which roles the application has.' },
    ),
  },
  { ...strict, description: 'The roles that the steps need, for `doctor`, and where to read which there are.' },
);

const Creation = Type.Object(
  {
    kind: Text('What is created, in a word: environment.'),
    id: VariableName('The captured variable that holds its id.'),
    name: Text('Its name, as the request sends it.'),
    find: Type.Optional(LookUp),
    undo: Type.Optional(Id('Id of the clean-up step that removes it.')),
    protect: Type.Optional(
      Type.Record(
        Type.String({ pattern: jsonPointer }),
        Type.Unsafe<string | number | boolean | null>({ type: ['string', 'number', 'boolean', 'null'] }),
        {
          ...strict,
          description: 'What `sweep` never removes: JSON pointer into an item of the list of `find` → value.',
        },
      ),
    ),
    within: Type.Optional(Text('The kind of the thing it is part of, and is removed with.')),
  },
  { ...strict, description: 'What this step leaves on the server. Exactly one of `undo`, `within`.' },
);

const scalarOrNull = ['string', 'number', 'boolean', 'null'] as const;

/** What a plain test script of Postman does, a statement an entry. */
const PlainTest = Type.Object(
  {
    name: Type.Optional(Type.String({ description: 'Name of the check that `expect` makes.' })),
    expect: Type.Optional(
      Type.Object(
        {
          status: Type.Optional(
            oneOrMore<number>({ type: 'integer', minimum: 100, maximum: 599 }, 'HTTP status, one or a list.'),
          ),
          values: Type.Optional(
            Type.Record(
              Type.String({ pattern: jsonPointer }),
              Type.Unsafe<string | number | boolean | null>({ type: [...scalarOrNull] }),
              {
                ...strict,
                minProperties: 1,
                description:
                  'JSON pointer into the response body → the value that must be there, to the letter: `{{name}}` is not filled in.',
              },
            ),
          ),
        },
        { ...strict, minProperties: 1, description: 'A check of its own (`pm.test`): all of this must hold.' },
      ),
    ),
    capture: Type.Optional(
      Type.Record(
        Type.String({ pattern: declaredName }),
        Type.String({ pattern: jsonPointer, description: 'JSON pointer into the response body, e.g. /id.' }),
        {
          ...strict,
          minProperties: 1,
          maxProperties: 1,
          description:
            'A variable given a value from the response, whatever that is. Where a part on the way to it is missing, the script ends with an error.',
        },
      ),
    ),
    scope: Type.Optional(
      Type.Enum(['collection', 'global', 'local'], {
        description: 'Scope of Postman that `capture` sets the variable in. Default: the environment.',
      }),
    ),
    parse: Type.Optional(
      Type.Literal('json', {
        description: 'The body is read as JSON; where it is none, the script ends with an error.',
      }),
    ),
  },
  { ...strict, description: 'A statement: exactly one of `expect` (with a `name`), `capture`, `parse`.' },
);

const Change = Type.Object(
  {
    variables: Type.Optional(
      byVariable(Type.String(), 'Variable → value for this request; text may hold variables. It is not made anew.'),
    ),
    simulator: Type.Optional(
      byVariable(
        Type.String(),
        'The same with values that only the built-in simulator knows; elsewhere a person is asked for theirs.',
      ),
    ),
    body: Type.Optional(
      Type.Record(Type.String({ pattern: jsonPointer }), Type.Unknown(), {
        ...strict,
        minProperties: 1,
        description: 'JSON pointer into the JSON body, or / and the name of a field of the form → value.',
      }),
    ),
    headers: Type.Optional(
      Type.Record(Type.String(), Text('Value.'), { minProperties: 1, description: 'Header → value.' }),
    ),
    method: Type.Optional(
      Type.Enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], {
        description: 'Another method. GET sends no body and creates nothing.',
      }),
    ),
    url: Type.Optional(Text('Another address.')),
    auth: Type.Optional(Authorization),
  },
  { ...strict, minProperties: 1, description: 'What is other than in the step.' },
);

const Experiment = Type.Object(
  {
    title: Text('What is tried, in a few words.'),
    before: Type.Optional(
      Type.Literal(true, { description: 'Try it before the step is sent, not after: the step uses up what it needs.' }),
    ),
    change: Change,
    see: Type.Object(
      {
        status: Type.Integer({ minimum: 100, maximum: 599, description: 'HTTP status of the response.' }),
        ...errorKeys,
        values: Type.Optional(
          Type.Record(
            Type.String({ pattern: jsonPointer }),
            Type.Unsafe<string | number | boolean | null>({ type: [...scalarOrNull] }),
            { ...strict, description: 'JSON pointer into the response body → the value there.' },
          ),
        ),
      },
      { ...strict, description: 'What is seen then: every key holds. A test runs it.' },
    ),
    why: Text('What there is to learn from it, in a few sentences, in Markdown.'),
    leaves: Type.Optional(Text('What it leaves behind at the service, in a sentence. Default: nothing.')),
  },
  {
    ...strict,
    description: 'Something to try: another request than that of the step, and what comes of it.',
  },
);

const Example = Type.Object(
  {
    name: Type.Optional(Text('Name shown in Postman. Default: the status and its reason phrase.')),
    status: Type.Integer({ minimum: 100, maximum: 599, description: 'HTTP status.' }),
    headers: Type.Optional(Type.Record(Type.String(), Type.String(), { description: 'Response headers.' })),
    body: Type.Optional(Type.Unknown({ description: 'The JSON body; must satisfy the schema of `expect`.' })),
  },
  { ...strict, description: 'An example response, saved with the request in Postman.' },
);

const ErrorExamples = (description: string) =>
  Type.Optional(
    Type.Array(
      Type.Object(
        {
          status: Type.Integer({ minimum: 300, maximum: 599, description: 'HTTP status, of which there is one.' }),
          headers: Type.Optional(Type.Record(Type.String(), Type.String(), { description: 'Response headers.' })),
          body: Type.Optional(Type.Unknown({ description: 'The JSON body.' })),
        },
        { ...strict, description: 'An example of a refusal, saved with the request in Postman.' },
      ),
      { description },
    ),
  );

/** The format of a step file. */
export const StepFile = Type.Object(
  {
    id: Id('Unique id of the step: lower case words joined by hyphens.'),
    name: Type.Optional(
      Text('Unique name of the step, shown in Postman and in reports. Default: the words of its id.'),
    ),
    description: Type.Optional(
      Type.String({ description: 'What the step does and what its values mean, in Markdown.' }),
    ),
    folder: Type.Optional(
      Type.Array(Text('Name of a folder.'), {
        description:
          'Folder of the request in Postman, from the outermost; [] for none. Default: one with the name of the collection.',
      }),
    ),
    tags: Type.Optional(
      Type.Array(Id('A tag: lower case words joined by hyphens.'), {
        description: 'Tags by which `--only` and `--skip` choose the step. None may be the id of a step.',
      }),
    ),
    once: Type.Optional(
      Flag(
        'In a run with iterations: runs once, before them; what it sets is there for all of them. Only steps at the beginning.',
      ),
    ),
    request: Request,
    generate: Type.Optional(byVariable(Generator, 'Variables given a value just before the request is sent.')),
    expect: Expectation,
    capture: Type.Optional(
      byVariable(orText(Capture, { pattern: jsonPointer }), 'Variables given a value from the response.'),
    ),
    tests: Type.Optional(
      Type.Array(PlainTest, {
        minItems: 1,
        description:
          'A test script of Postman in plain words, in place of `scripts.test` and of what `expect` and `capture` make: its statements in their order, whatever the status is.',
      }),
    ),
    unset: Type.Optional(
      Type.Array(VariableName('Name of a variable.'), { description: 'Variables emptied after success.' }),
    ),
    creates: Type.Optional(Creation),
    gone: Type.Optional(
      Text('Of a clean-up step: an address that answers 404 once the thing is gone, read with GET until it does.'),
    ),
    retry: Type.Optional(Retry),
    scripts: Type.Optional(
      Type.Object(
        {
          prerequest: Type.Optional(Type.String({ minLength: 1, description: 'JavaScript run before the request.' })),
          test: Type.Optional(Type.String({ minLength: 1, description: 'JavaScript run after the response.' })),
        },
        {
          ...strict,
          description:
            'What the format cannot say: run after the values are made and before they are checked, and after the checks of the response.',
        },
      ),
    ),
    troubleshooting: Type.Optional(Type.Array(Troubleshooting, { description: 'Likeliest cause first.' })),
    example: Type.Optional(Example),
    errorExamples: ErrorExamples('Likely refusals, saved with the request in Postman.'),
    answer: Type.Optional(
      Type.Record(Type.String({ pattern: jsonPointer }), Text('What it means, in a sentence or two, in Markdown.'), {
        ...strict,
        minProperties: 1,
        description:
          'What the response means, for pages and `run --step`: JSON pointer into the body of the example → what this part means; "" is the whole.',
      }),
    ),
    try: Type.Optional(Type.Array(Experiment, { minItems: 1, description: 'Things to try, the simplest first.' })),
    raw: Type.Optional(
      Raw(
        'What the format cannot say: a part of an item of the Postman format v2.1, put over what this file compiles to (as a JSON Merge Patch, RFC 7396).',
      ),
    ),
  },
  {
    ...strict,
    title: 'Step',
    description: 'One step of a collection: a request and what is expected of its response.',
  },
);

const Unresolved = (description: string) => Type.Optional(Type.Enum(['refused', 'sent'], { description }));

const VariableDeclaration = Type.Object(
  {
    description: Type.Optional(Text('What the variable is and where to find its value.')),
    value: Type.Optional(Type.String({ description: 'Value to begin with; may hold other variables.' })),
    secret: Type.Optional(Flag('Never shown, and of type "secret" in Postman.')),
    required: Type.Optional(Flag('The person who runs the collection must give a value.')),
    unresolved: Unresolved(
      'Without a value: nothing that needs it is sent (refused), or the empty text or the name in its braces is sent (sent), for it may be empty on purpose or meant for the server. Default: what the collection says.',
    ),
    scope: Type.Optional(
      Type.Enum(['environment', 'collection'], {
        description: 'Where it lives in Postman: in the environment file (default), or as a default in the collection.',
      }),
    ),
    format: Type.Optional(
      Type.Enum(['uuid', 'base-url', 'email', 'text'], { description: 'What a value must look like. Default: text.' }),
    ),
    allowed: Type.Optional(Type.Array(Type.String(), { minItems: 1, description: 'The only values allowed.' })),
    known: Type.Optional(
      Type.Array(Type.String(), {
        minItems: 1,
        description:
          'The values known so far. Another one is refused while a base-url is as declared; when all are given, it is used with a warning.',
      }),
    ),
    removeSuffix: Type.Optional(
      Text('For a base-url: this ending is taken off before use, so that both spellings work. E.g. /v1.'),
    ),
    refuseSuffix: Type.Optional(Text('For a base-url: an address with this ending is refused. E.g. /v1.')),
    os: Type.Optional(
      Type.String({ pattern: osVariable, description: 'OS variable (also in .env) that gives the value.' }),
    ),
    osAlso: Type.Optional(
      Type.Record(Type.String({ pattern: osVariable }), Type.Record(Type.String(), Type.String()), {
        ...strict,
        description:
          'OS variables of other programs that give the value when nothing else does: name → what their values mean here, {} for the value as it is. A run at a terminal asks before it uses credentials of them.',
      }),
    ),
  },
  { ...strict, description: 'What the variable is; or its `value` alone, as text.' },
);

const Folder = Type.Object(
  {
    path: Type.Array(Text('Name of a folder.'), {
      minItems: 1,
      description: 'Names from the outermost folder to this one.',
    }),
    description: Type.Optional(Text('What the folder is for, in Markdown; shown in Postman.')),
    position: Type.Optional(
      Type.Integer({
        minimum: 0,
        description: 'For a folder without steps: its place in the folder around it, from 0. Default: the end.',
      }),
    ),
    raw: Type.Optional(
      Raw('A part of a folder of the Postman format v2.1, such as `auth` or `event`; see `raw` of a step.'),
    ),
  },
  strict,
);

const byDeclaredName = <T extends TSchema>(value: T, description: string) =>
  Type.Record(Type.String({ pattern: declaredName }), value, { ...strict, description });

const EnvironmentTemplate = Type.Object(
  {
    name: Text('Name shown in Postman.'),
    values: Type.Optional(byDeclaredName(Type.String(), 'Values that differ from the declarations.')),
  },
  strict,
);

/** Name of the schema of step files, beside that of collections. */
export const stepSchemaFile = 'step.schema.json';

const stepOrFile = (description: string) =>
  Type.Unsafe<WrittenStep | string>({
    type: ['string', 'object'],
    minLength: 1,
    description,
    if: { type: 'object' },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { $ref: stepSchemaFile },
  });

/** The format of `collection.yaml`. */
export const CollectionFile = Type.Object(
  {
    id: Id('Unique id of the collection; also the name of its folder.'),
    name: Text('Name shown in Postman.'),
    description: Type.Optional(Type.String({ description: 'What the collection does, in Markdown.' })),
    base: Type.Optional(
      Text(
        'Path, from this folder, of the `collection.yaml` of another collection of the same service. Its `service`, its `troubleshooting` the declarations of its variables and its schemas hold here too, where they are used; what is said here wins.',
      ),
    ),
    variables: Type.Optional(
      byDeclaredName(
        orText(VariableDeclaration, {}),
        'Every variable of the collection, with its meaning; those of the base need not be repeated.',
      ),
    ),
    dynamicVariables: Type.Optional(
      Type.Array(Type.String({ pattern: dynamicName, description: 'Its name, such as $randomInt.' }), {
        description: 'Dynamic variables of Postman that may be used although not every engine makes them alike.',
      }),
    ),
    authorization: Type.Optional(Authorization),
    steps: Type.Array(stepOrFile('File name of a step, or the step itself.'), {
      minItems: 1,
      description: 'The steps in the order in which they run.',
    }),
    cleanUp: Type.Optional(
      Type.Object(
        {
          askedBy: VariableName('Variable that must be "true" for the clean-up folder to run.'),
          steps: Type.Array(stepOrFile('File name of a step, or the step itself.'), {
            minItems: 1,
            description: 'The clean-up steps in order.',
          }),
        },
        { ...strict, description: 'Steps that remove what the others created.' },
      ),
    ),
    folders: Type.Optional(
      Type.Array(Folder, {
        description: 'What there is to say of folders that steps name, and folders without steps.',
      }),
    ),
    environments: Type.Optional(
      Type.Record(Type.String({ pattern: identifier }), EnvironmentTemplate, {
        ...strict,
        description:
          'Environment files to compile: file name (without its ending) → contents. The one named simulator, or …-simulator, is for the built-in simulator.',
      }),
    ),
    service: Type.Optional(Service),
    iterations: Type.Optional(
      Type.Enum(['separate', 'shared'], {
        description:
          'In a run with iterations: each begins with the values of the run (separate, the default), or with those that the iteration before it left, as in Newman (shared).',
      }),
    ),
    unresolved: Unresolved(
      'Variables without a value: nothing that needs one is sent (refused, the default), or requests are sent as they are, as in Postman (sent).',
    ),
    roles: Type.Optional(Roles),
    retry: Type.Optional(Retry),
    next: Type.Optional(
      Type.Array(Type.String(), { description: 'What to do after a run that passed, shown in the summary.' }),
    ),
    troubleshooting: Type.Optional(
      Type.Array(Troubleshooting, { description: 'Entries that hold for every step, tried after its own.' }),
    ),
    errorExamples: ErrorExamples(
      'Likely refusals of all requests that use the authorization of the collection; a step may have its own of a status.',
    ),
    raw: Type.Optional(
      Raw(
        'A part of a collection of the Postman format v2.1, such as `auth`, `event` or `variable`; see `raw` of a step.',
      ),
    ),
  },
  { ...strict, title: 'Collection', description: 'A collection: its variables, its steps and their order.' },
);

/** A value that must be in a response: this one, or what the request asked for. */
export type ExpectedValue = string | number | boolean | null | RequestedValue;
export type RequestedValue = Static<typeof RequestedValue>;
/** A step as it is written. */
export type WrittenStep = Static<typeof StepFile>;
/** A step with what was left out or written as text written out. */
export type StepFile = Omit<WrittenStep, 'name' | 'description' | 'capture'> & {
  name: string;
  description: string;
  capture?: Record<string, CaptureSource>;
};
/** A collection as it is written. */
export type WrittenCollection = Static<typeof CollectionFile>;
/** A collection with the same written out. */
export type CollectionFile = Omit<WrittenCollection, 'description' | 'variables' | 'authorization'> & {
  description: string;
  variables: Record<string, VariableSource>;
  authorization: AuthorizationSource;
};
export type Change = Static<typeof Change>;
export type Experiment = Static<typeof Experiment>;
export type ErrorExample = NonNullable<StepFile['errorExamples']>[number];
export type TroubleshootingEntry = Static<typeof Troubleshooting>;
export type Condition = TroubleshootingEntry['when'];
export type PlainTest = Static<typeof PlainTest>;
export type LookUp = Static<typeof LookUp>;
export type RoleNeeds = Static<typeof Roles>;
export type ServiceSource = Static<typeof Service>;
export type RetrySource = Static<typeof Retry>;
export type AuthorizationSource = Static<typeof Authorization>;
export type GeneratorSource = Static<typeof Generator>;
export type CaptureSource = Static<typeof Capture>;
export type ChoiceSource = Static<typeof Choice>;
export type ConditionSource = Static<typeof ValueCondition>;
export type FolderSource = Static<typeof Folder>;
export type RawFragment = Static<ReturnType<typeof Raw>>;
export type VariableSource = Static<typeof VariableDeclaration> & { description: string };

/** The JSON Schema (draft-07) that editors load for a file of the format; `id` is its file name. */
export function editorSchema(schema: TSchema, id: string): object {
  return { $schema: 'http://json-schema.org/draft-07/schema#', $id: id, ...schema };
}
