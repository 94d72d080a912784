// Loaded into a Node process before its program: collects garbage from time to time and appends what is left to a file.
const { appendFileSync } = require('node:fs');
const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');
const { threadId } = require('node:worker_threads');

const { BENCH_HEAP_FILE: file, BENCH_HEAP_MILLISECONDS: milliseconds } = process.env;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

setInterval(() => {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  const sample = { heap: `${process.pid}-${threadId}`, at: Date.now(), keptBytes: heapUsed + external };
  appendFileSync(file, `${JSON.stringify(sample)}\n`);
}, Number(milliseconds)).unref();
