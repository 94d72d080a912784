import { expect, it } from 'vitest';
import { commandLine } from '../../../src/run/tool.ts';

const clone = '/home/me/pingone-tutorial/package.json';
const installed = '/home/me/app/node_modules/pingone-tutorial/package.json';

it.each([
  ['cleanup', [], clone, 'npm run cleanup'],
  ['run', ['mine'], clone, 'npm run tutorial -- mine'],
  ['simulate', [], clone, 'npm run simulator'],
  ['cleanup', [], installed, 'npx --no-install pingone-tutorial cleanup'],
  ['compile', ['collections/mine'], installed, 'npx --no-install pingone-tutorial compile collections/mine'],
  ['run', [], 'C:\\app\\node_modules\\pingone-tutorial\\package.json', 'npx --no-install pingone-tutorial run'],
])('says how to call %s %j from %s', (command, args, file, want) => {
  expect(commandLine(command, args, file)).toBe(want);
});
