// Newman as a library, in the barest program. Takes a file that says what to run; writes how many assertions held.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const { scratch, collectionFile, environmentFile, flows } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const newman = require(join(scratch, 'node_modules/newman'));

let held = 0;
const run = newman.run({
  collection: JSON.parse(readFileSync(collectionFile, 'utf8')),
  environment: JSON.parse(readFileSync(environmentFile, 'utf8')),
  iterationCount: flows,
});
run.on('assertion', (error) => {
  if (!error) held += 1;
});
run.on('done', (error, summary) => {
  process.stdout.write(`${held} held, ${summary?.run.failures.length ?? 'unknown'} failures\n`);
  if (error || summary.run.failures.length > 0) process.exitCode = 1;
});
