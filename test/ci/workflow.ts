import { cp, mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { root, spawnProgram } from '../e2e/support.ts';

/**
 * Runs the shell steps of a GitHub workflow on this machine: the `run:` blocks themselves, in bash, with the variables they
 * declare. Caches and artifacts are folders; other actions do nothing. It knows what our workflows use, and fails on the rest.
 */

export interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

export interface Job {
  readonly if?: string;
  readonly needs?: string | readonly string[];
  readonly environment?: string;
  readonly permissions?: unknown;
  readonly 'timeout-minutes'?: number;
  readonly strategy?: { readonly 'fail-fast'?: boolean; readonly matrix?: Readonly<Record<string, unknown>> };
  readonly concurrency?: { readonly group: string; readonly 'cancel-in-progress': boolean };
  readonly steps: readonly Step[];
}

interface Step {
  readonly name?: string;
  readonly if?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly 'continue-on-error'?: boolean;
}

export type Context = Readonly<Record<string, unknown>>;

/** What is kept between jobs and runs. */
export interface Store {
  readonly folder: string;
}

export interface JobRun {
  readonly result: 'success' | 'failure' | 'skipped' | 'cancelled';
  /** Exit code of each `run:` step that was carried out, by its name. */
  readonly codes: Readonly<Record<string, number | null>>;
  readonly output: string;
  readonly summary: string;
  /** Folder in which the steps ran. */
  readonly workspace: string;
}

/** Whether a name fits a pattern whose only wildcard is a star at its end. */
function matchesGlob(name: string, pattern: string): boolean {
  return name.startsWith(pattern.replace(/\*$/, ''));
}

export async function readWorkflow(name: string): Promise<Workflow> {
  return parse(await readFile(join(root, '.github/workflows', name), 'utf8')) as Workflow;
}

/** Evaluates an expression of GitHub's. What we use of its language is JavaScript too. */
export function evaluate(expression: string, context: Context): unknown {
  const functions = {
    always: () => true,
    success: () => context.failed !== true,
    fromJSON: (text: string) => JSON.parse(text) as unknown,
    format: (text: string, ...values: unknown[]) =>
      text.replace(/\{(\d)\}/g, (_, index: string) => String(values[Number(index)])),
    hashFiles: () => 'a hash',
    ...context,
  };
  return new Function(...Object.keys(functions), `return (${expression});`)(...Object.values(functions)) as unknown;
}

/** A text with its expressions filled in; nothing becomes an empty text, as with GitHub. */
export function fillIn(text: unknown, context: Context): string {
  return String(text ?? '').replace(/\$\{\{(.*?)\}\}/g, (_, expression: string) => {
    const value = evaluate(expression, context);
    return value === undefined || value === null ? '' : String(value);
  });
}

/** Starts a job: false when its condition does not hold. */
export function isWanted(job: Job, context: Context): boolean {
  return job.if === undefined || Boolean(evaluate(job.if.replace(/^\$\{\{|\}\}$/g, ''), context));
}

export interface JobOptions {
  readonly store: Store;
  readonly context: Context;
  /** OS variables of the machine. */
  readonly machine: Readonly<Record<string, string>>;
  /** Folder of programs that come before those of the machine. */
  readonly programs: string;
  /** More files and folders of the repository, also in place of ours of the same name. */
  readonly files?: readonly string[];
  /** Called while the smoke test runs. */
  readonly whileRunning?: () => Promise<void>;
}

/** Carries a job out, in a folder of its own that looks like a check-out. */
export async function runJob(
  job: Job,
  { store, context, machine, programs, files = [], whileRunning }: JobOptions,
): Promise<JobRun> {
  if (!isWanted(job, context)) return { result: 'skipped', codes: {}, output: '', summary: '', workspace: '' };
  const workspace = await mkdtemp(join(store.folder, 'workspace-'));
  const ours = ['dist', 'node_modules', 'collections', 'environments', 'scripts', 'package.json'];
  const linked = new Map([...ours.map((name) => join(root, name)), ...files].map((file) => [basename(file), file]));
  for (const [name, file] of linked) await symlink(file, join(workspace, name));
  const summaryFile = join(workspace, 'step-summary.md');
  await writeFile(summaryFile, '');
  const codes: Record<string, number | null> = {};
  let output = '';
  let failed = false;
  for (const step of job.steps) {
    if (failed && !step.if?.includes('always()')) continue;
    if (step.if !== undefined && !evaluate(step.if, { ...context, failed })) continue;
    if (step.uses !== undefined) {
      await useAction(step, workspace, store, context);
      continue;
    }
    const declared = Object.entries(step.env ?? {}).map(([name, value]) => [name, fillIn(value, context)]);
    const running = spawnProgram('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run ?? ''], {
      cwd: workspace,
      osVariables: {
        ...machine,
        PATH: `${programs}:${process.env.PATH}`,
        CI: 'true',
        GITHUB_ACTIONS: 'true',
        GITHUB_STEP_SUMMARY: summaryFile,
        ...Object.fromEntries(declared),
      },
    });
    if (whileRunning && step.run?.includes('smoke.sh')) await whileRunning();
    const { code, stdout, stderr } = await running.result;
    output += `${stdout}${stderr}`;
    codes[step.name ?? ''] = code;
    if (code !== 0 && !step['continue-on-error']) failed = true;
  }
  const summary = await readFile(summaryFile, 'utf8');
  return { result: failed ? 'failure' : 'success', codes, output, summary, workspace };
}

async function useAction(step: Step, workspace: string, { folder }: Store, context: Context): Promise<void> {
  const action = (step.uses ?? '').split('@')[0] ?? '';
  const path = join(workspace, step.with?.path ?? '');
  const place = (name: string | undefined) => join(folder, 'kept', fillIn(name, context));
  const copy = async (from: string, to: string) => {
    if ((await readdir(from).catch(() => [])).length === 0) return;
    await mkdir(to, { recursive: true });
    await cp(from, to, { recursive: true });
  };
  switch (action) {
    case 'actions/checkout':
    case 'actions/setup-node':
      return;
    case 'actions/cache/restore':
      return copy(place(step.with?.['restore-keys']), path);
    case 'actions/cache/save':
      // Kept under the beginning of its key, by which the next run asks for it.
      return copy(path, place(step.with?.key?.replace(/\$\{\{ github.*$/, '')));
    case 'actions/upload-artifact':
      return copy(path, place(step.with?.name));
    case 'actions/download-artifact':
      if (step.with?.pattern === undefined) return copy(place(step.with?.name), path);
      // Each in a folder of its own.
      for (const name of await readdir(join(folder, 'kept')).catch(() => []))
        if (matchesGlob(name, step.with.pattern)) await copy(place(name), join(path, name));
      return;
    default:
      throw new Error(`what ${action} does is not known here`);
  }
}
