import { bundledCollectionFolder, createSimulator, defaultCredentials, loadDefinition, run } from 'pingone-tutorial';

const definition = await loadDefinition(bundledCollectionFolder());
const simulator = await createSimulator().listen();
const running = run({
  definition,
  values: { ...defaultCredentials, authPath: simulator.url, apiPath: simulator.url },
  cleanUp: 'always',
});

for await (const event of running) {
  if (event.kind === 'step-finished') console.log(event.step.name, event.result.status);
}
const { outcome, cleanUp } = await running.result;
console.log(outcome, cleanUp?.items.map(({ kind, status }) => `${kind} ${status}`).join(', '));
await simulator.close();
