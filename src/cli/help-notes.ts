/** Texts that follow the options in the help of a command. */

/** Characters of a line. */
const widest = 80;

export const exitCodeNotes = `
Exit codes:
  0  everything passed
  1  a check failed
  2  the command line, the environment or a file is not usable
  3  a definition is wrong
  4  the run could not complete, clean-up left something, or a report could
     not be written
`;

export const runNotes = `
Values come from --var, then the environment file, then OS variables
(PINGONE_ADMIN_ENV_ID, PINGONE_ADMIN_APP_ID, PINGONE_ADMIN_APP_SECRET,
PINGONE_TLD and others, see .env.example), then .env in the working folder.
${examples(
  'pingone-tutorial run',
  'pingone-tutorial run --only create-user --dry-run',
  'pingone-tutorial run --environment my.postman_environment.json',
  'PINGONE_TLD=eu pingone-tutorial run --var email=me@example.com',
  'pingone-tutorial run --cleanup always --reporter junit=report.xml --reporter html=report.html',
  'pingone-tutorial run --quiet --reporter json | jq .outcome',
  'pingone-tutorial run ./my-collection --simulator',
  'pingone-tutorial run --data users.csv --results users.ndjson --concurrency 8 --rate 50',
  'pingone-tutorial run --data users.csv --shard 3/10 --results shards/3.ndjson --reporter json=shards/3.json',
  'pingone-tutorial run create-a-test-environment create-an-sso-workflow --cleanup always',
  'pingone-tutorial run --environment eu.postman_environment.json --environment com.postman_environment.json',
  'pingone-tutorial run --matrix regions.yaml --shard 1/3 --cleanup always --reporter json=reports/1.json',
)}
A matrix file:
  targets:
    - name: eu
      osPrefix: EU_        # its secrets: EU_PINGONE_ADMIN_APP_SECRET and others
      variables: { tld: eu }
    - name: com
      environment: com.postman_environment.json   # from the folder of this file
`;

export const mergeReportsNotes = `
The targets come one after the other, each step with the name of its target. A
report of a single run has the name of its file, or of the folder that
distinguishes it from the others. Shards of rows become one run, with their
counts added up. The exit code is that of the whole run. It is 4 when a shard is
missing, and when rows are in none of the results files (--results).
${examples(
  'pingone-tutorial merge-reports reports --reporter html=report.html --reporter junit=junit.xml',
  'pingone-tutorial merge-reports shard-1.json shard-2.json --failures-only',
  'pingone-tutorial merge-reports shards --results users.ndjson --reporter html=report.html',
)}`;

export const importNotes = `
Where the folder holds a definition, the changes are shown, and made with
--force. What the format has no words for is retained in "raw" and listed. The
definition is checked; run "pingone-tutorial compile" afterwards.
${examples(
  'pingone-tutorial import "My API.postman_collection.json"',
  'pingone-tutorial import exported.json collections/create-a-test-environment',
  'pingone-tutorial import exported.json collections/create-a-test-environment --force',
)}`;

export const initNotes = `
It writes collections/<name> with two steps, their schemas and the Postman
files, environments, editor schemas, .env.example, and a GitHub workflow
(.github/workflows/pingone-smoke.yml). .gitignore gets what must not be
committed. This program comes with it: vendor/pingone-tutorial-<version>.tgz,
named in package.json and package-lock.json. The workflow runs that one.
${examples(
  'pingone-tutorial init --from-openapi api.yaml',
  'pingone-tutorial init --from-curl requests.txt',
  'pingone-tutorial init',
  'pingone-tutorial init my-repository --name sign-on',
  'pingone-tutorial init --force',
)}`;

export const simulateNotes = `
src/simulator/README.md lists the kinds of faults.
${examples(
  'pingone-tutorial simulate',
  'pingone-tutorial simulate --port 8080 --latency 50 --tls --control',
  'pingone-tutorial simulate --faults faults.yaml --log simulator.log',
  "pingone-tutorial simulate --fault '{match: {step: 3, attempt: 1}, do: {kind: reset-after-processing}}'",
)}`;

export const completionNotes = `
The program must be on the PATH: add node_modules/.bin, or in a clone run
"npm link". A line in the start-up file of the shell completes commands,
options, their values, collections and steps:
  ~/.bashrc                    source <(pingone-tutorial completion bash)
  ~/.zshrc                     source <(pingone-tutorial completion zsh)
  ~/.config/fish/config.fish   pingone-tutorial completion fish | source
`;

/** Examples in their section of a help, each in lines of at most 80 characters, as a shell takes them. */
export function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `${inLines(line)}\n`).join('')}`;
}

function inLines(command: string): string {
  const lines = ['  '];
  for (const part of command.split(/ (?=-)/)) {
    const last = lines.at(-1) ?? '';
    const joined = last.trim() === '' ? `${last}${part}` : `${last} ${part}`;
    if (joined.length <= widest - 2) lines.splice(-1, 1, joined);
    else lines.push(`    ${part}`);
  }
  return lines.join(' \\\n');
}
