import { spawnSync } from 'node:child_process';
import { networkInterfaces } from 'node:os';

/** Whether this process has no interface but the loopback one. */
export function isWithoutNetwork(): boolean {
  return Object.values(networkInterfaces()).every((addresses) => addresses?.every(({ internal }) => internal));
}

const alone = ['unshare', '--map-root-user', '--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];

/** Whether the kernel lets this person make a network namespace, and the tools for it are there. */
export function canLeaveNetwork(): boolean {
  return run([...alone, 'true'], 'ignore') === 0;
}

/** Runs this same script again in a network namespace of its own, whose only interface is the loopback one. Gives its exit code. */
export function runWithoutNetwork(): number {
  return run([...alone, process.execPath, ...process.execArgv, ...process.argv.slice(1)], 'inherit') ?? 1;
}

function run([program = '', ...argv]: readonly string[], stdio: 'ignore' | 'inherit'): number | null {
  return spawnSync(program, argv, { stdio }).status;
}
