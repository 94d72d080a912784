import { arch, availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';

/** Where and when it was measured, in a sentence. Absolute times hold for this machine only. */
export function machineLine(date = new Date()): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const gibibytes = Math.round(totalmem() / 1024 ** 3);
  const [load = 0] = loadavg();
  return [
    `Measured ${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    `${availableParallelism()} cores (${model}, ${arch()})`,
    `${gibibytes} GiB`,
    `${type()} ${release()}`,
    `Node ${process.versions.node}`,
    `load at the start ${load.toFixed(1)}`,
  ].join(', ');
}
