import { expect, it } from 'vitest';
import { commands } from '../../../src/cli/commands.ts';
import { cli } from '../../e2e/support.ts';

it.each([[], ...Object.keys(commands).map((name) => [name])])('the help of %s fits 80 columns', async (...argv) => {
  const { code, stdout } = await cli([...argv, '--help']);
  expect(code).toBe(0);
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

it('the help of every command is as it was read', async () => {
  const texts = await Promise.all(
    [[], ...Object.keys(commands).map((name) => [name])].map((argv) => cli([...argv, '--help'])),
  );
  await expect(texts.map(({ stdout }) => stdout).join('\n')).toMatchFileSnapshot('../../golden/text/help.txt');
});
