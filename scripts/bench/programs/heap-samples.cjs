// Loaded into a Node process before its program: collects garbage from time to time and appends what is left to a file.
const { appendFileSync } = require('node:fs');
const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');
const { threadId } = require('node:worker_threads');

// The sandbox takes the global `process` from its thread.
const { memoryUsage, pid } = process;
const { BENCH_HEAP_FILE: file, BENCH_HEAP_MILLISECONDS: milliseconds } = process.env;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

setInterval(() => {
  collect();
  const { heapUsed, external } = memoryUsage();
  const sample = { heap: `${pid}-${threadId}`, at: Date.now(), keptBytes: heapUsed + external };
  appendFileSync(file, `${JSON.stringify(sample)}\n`);
}, Number(milliseconds)).unref();
