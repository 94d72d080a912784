import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pc from 'picocolors';
import { collectionFileName } from '../../compile/compile.ts';
import { type ExitCode, exitCode, messageOf, UsageError } from '../../errors.ts';
import {
  createSimulator,
  DEFAULT_PORT,
  defaultCredentials,
  type FaultPlan,
  ListenError,
  type ListeningSimulator,
  type RequestLogEntry,
  readFault,
  readFaults,
  readState,
  type Simulator,
  SimulatorFileError,
} from '../../simulator/index.ts';
import { appendToFile } from '../../whole-file.ts';
import { defaultCollection, findCollection } from '../collection-folder.ts';
import type { OptionsOf } from '../options/option-table.ts';
import type { simulateOptions } from '../options/simulate-options.ts';
import { openReportFile } from '../outputs/report-file.ts';
import { say, tell } from '../outputs/say.ts';
import { type World, wantsColor } from '../world.ts';

export type SimulateOptions = OptionsOf<typeof simulateOptions>;

/** `simulate`: keeps a PingOne simulator up until Ctrl-C. What to import goes to stdout, the requests to stderr. */
export async function simulateCommand(options: SimulateOptions, world: World): Promise<ExitCode> {
  const simulator = simulatorFor(options, world);
  const listening = await listen(simulator, options);
  const certificate = await writeCertificate(listening);
  try {
    tell(world, instructions(listening, options, certificate?.file, world.cwd));
    await untilAborted(world.signal);
    if (options.dump !== undefined) writeDump(simulator, options.dump, world.cwd);
    say(world, 'The simulator has ended.');
    return exitCode.passed;
  } finally {
    await listening.close();
    await certificate?.remove();
  }
}

/** The simulator the options ask for. Throws a `UsageError` that names every problem of every file. */
function simulatorFor(options: SimulateOptions, world: World): Simulator {
  const problems: string[] = [];
  const plan = told(problems, () => faultPlan(options, world.cwd));
  const seed = told(problems, () =>
    options.seed === undefined ? undefined : readState(fileText(options.seed, world.cwd), options.seed),
  );
  const log = told(problems, () =>
    options.log === undefined ? undefined : logFile(resolve(world.cwd, options.log), world),
  );
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  return createSimulator({
    ...(seed === undefined ? {} : { seed }),
    ...(plan?.seed === undefined ? {} : { faultSeed: plan.seed }),
    faults: plan?.faults ?? [],
    dialect: options.dialect,
    disputed: options.disputed,
    rateLimits: Object.assign({}, ...options.rateLimit),
    latencyMilliseconds: options.latency,
    delays: {
      rolesSeconds: options.roleDelay,
      visibilitySeconds: options.visibilityDelay,
      deletionSeconds: options.deletionDelay,
    },
    control: options.control === true,
    onFault: (entry) => log?.({ fault: entry }),
    onRequest: (entry) => {
      world.stderr.write(`${requestLine(entry, pc.createColors(wantsColor(world.stderr, world.osVariables)))}\n`);
      log?.({ request: entry });
    },
  });
}

/** What `read` gives; its mistakes go to `problems`. */
function told<Result>(problems: string[], read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SimulatorFileError || error instanceof UsageError)) throw error;
    problems.push(error.message);
    return undefined;
  }
}

/** The faults of the file, then those of the flags. */
function faultPlan({ faults: file, fault: flags }: SimulateOptions, cwd: string): FaultPlan {
  const problems: string[] = [];
  const plan = file === undefined ? undefined : told(problems, () => readFaults(fileText(file, cwd), file));
  const more = flags.flatMap((text) => told(problems, () => [readFault(text, '--fault')]) ?? []);
  if (problems.length > 0) throw new SimulatorFileError(problems);
  return { ...plan, faults: [...(plan?.faults ?? []), ...more] };
}

function fileText(file: string, cwd: string): string {
  try {
    return readFileSync(resolve(cwd, file), 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${messageOf(error)}.`, { cause: error });
  }
}

/** Appends to a file, one object a line. Throws a `UsageError` when that is not possible now; later, it says so once. */
function logFile(file: string, world: World): (entry: object) => void {
  try {
    appendToFile(file, '');
  } catch (error) {
    throw new UsageError(`${file} cannot be written: ${messageOf(error)}.`, { cause: error });
  }
  let broken = false;
  return (entry) => {
    if (broken) return;
    try {
      appendToFile(file, `${JSON.stringify(entry)}\n`);
    } catch (error) {
      broken = true;
      say(world, `${file} cannot be written any more: ${messageOf(error)}.`);
    }
  };
}

async function listen(simulator: Simulator, { port, host, tls }: SimulateOptions): Promise<ListeningSimulator> {
  try {
    return await simulator.listen({ port, host, tls: tls === true });
  } catch (error) {
    if (error instanceof ListenError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

/** The certificate as a file, for the clients that must trust it. */
async function writeCertificate({ certificate }: ListeningSimulator) {
  if (certificate === undefined) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'pingone-simulator-'));
  const file = join(folder, 'certificate.pem');
  await writeFile(file, certificate);
  return { file, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** For its owner only: it holds the client secrets of the simulated worker apps. */
function writeDump(simulator: Simulator, file: string, cwd: string): void {
  const dump = openReportFile(file, cwd, 0o600);
  dump.append(`${JSON.stringify(simulator.dump(), undefined, 2)}\n`);
  dump.finish();
}

type Colors = ReturnType<typeof pc.createColors>;

function requestLine({ at, method, path, status, durationMs, note }: RequestLogEntry, colors: Colors): string {
  const shown = status === 0 ? colors.red('no answer') : paintStatus(status, colors);
  return `${at} ${method} ${path} ${shown} ${Math.round(durationMs)} ms${note ? `  ${colors.dim(note)}` : ''}`;
}

function paintStatus(status: number, colors: Colors): string {
  if (status < 400) return colors.green(String(status));
  return status < 500 ? colors.yellow(String(status)) : colors.red(String(status));
}

function instructions(
  { url, port }: ListeningSimulator,
  { seed, control, tls }: SimulateOptions,
  certificate: string | undefined,
  cwd: string,
): string {
  const folder = findCollection(defaultCollection, cwd);
  const collection = join(folder.path, collectionFileName(defaultCollection));
  const environment = join(folder.environments, 'simulator.postman_environment.json');
  const moved = port !== DEFAULT_PORT || tls === true;
  const overrides = moved ? ` --env-var authPath=${url} --env-var apiPath=${url}/v1` : '';
  const trust = certificate === undefined ? '' : `NODE_EXTRA_CA_CERTS=${certificate} `;
  return `The PingOne simulator is at ${url} (Ctrl-C ends it; what it holds is in memory only).
Open that address in a browser to see what exists, the last requests and the faults${control === true ? ', and to switch faults' : ''}.

Postman:  import these two files, choose the environment "PingOne simulator", and run the collection.
            ${collection}
            ${environment}
${moved ? `          In the environment, set authPath to ${url} and apiPath to ${url}/v1.\n` : ''}Newman:   ${trust}npx newman run ${collection} -e ${environment}${overrides}
${certificate === undefined ? '' : tlsInstructions(certificate)}
${seed === undefined ? standardValues(url) : `What exists, and with which secrets, is in ${seed}.\n\n`}`;
}

function tlsInstructions(certificate: string): string {
  return `
The certificate is made for this run, so clients must be told to trust it:
  Node     NODE_EXTRA_CA_CERTS=${certificate}
  curl     --cacert ${certificate}
  Postman  Settings > Certificates > CA certificates: choose ${certificate}
           (or Settings > General > SSL certificate verification: off)
`;
}

function standardValues(url: string): string {
  const { adminEnvID, adminAppID, adminAppSecret, orgID } = defaultCredentials;
  return `Values, for other clients:
  authPath        ${url}
  apiPath         ${url}/v1
  orgID           ${orgID}
  adminEnvID      ${adminEnvID}
  adminAppID      ${adminAppID}
  adminAppSecret  ${adminAppSecret}   (for the simulator only)

`;
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
