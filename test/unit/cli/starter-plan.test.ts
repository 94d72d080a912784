import { describe, expect, it } from 'vitest';
import { planStarter, type StarterFile } from '../../../src/cli/starter-plan.ts';

const main = 'collections/a/collection.yaml';
const files: readonly StarterFile[] = [
  { path: main, text: 'id: a\n', ofCollection: true },
  { path: 'collections/a/step.yaml', text: 'id: step\n', ofCollection: true },
  { path: '.env.example', text: 'A=\n', ofCollection: false },
  { path: '.gitignore', text: 'node_modules/\n.env\n', ofCollection: false },
];

function plan(present: Readonly<Record<string, string>>, force = false): Record<string, string> {
  const planned = planStarter(files, new Map(Object.entries(present)), main, force);
  return Object.fromEntries(
    planned.map(({ path, action, text }) => [path, text === undefined ? action : `${action}:${text}`]),
  );
}

describe('planStarter', () => {
  it('writes all where nothing is', () => {
    expect(Object.values(plan({}))).toEqual([
      'write:id: a\n',
      'write:id: step\n',
      'write:A=\n',
      'write:node_modules/\n.env\n',
    ]);
  });

  it('leaves a file that differs alone, and replaces it when forced', () => {
    expect(plan({ '.env.example': 'B=\n' })['.env.example']).toBe('left-alone');
    expect(plan({ '.env.example': 'B=\n' }, true)['.env.example']).toBe('replace:A=\n');
  });

  it('adds no step to a collection that is a person’s own', () => {
    expect(plan({ [main]: 'id: mine\n' })).toEqual({
      [main]: 'left-alone',
      '.env.example': 'write:A=\n',
      '.gitignore': 'write:node_modules/\n.env\n',
    });
    expect(plan({ [main]: 'id: mine\n' }, true)['collections/a/step.yaml']).toBe('write:id: step\n');
  });

  it.each([
    ['dist/', 'append:dist/\nnode_modules/\n.env\n'],
    ['/node_modules\n*.log\n', 'append:/node_modules\n*.log\n.env\n'],
    ['', 'append:node_modules/\n.env\n'],
    ['.env\r\nnode_modules\r\n', 'unchanged'],
    ['node_modules/\n.env\n', 'unchanged'],
  ])('appends to .gitignore what it lacks, also when forced: %j', (there, want) => {
    expect(plan({ '.gitignore': there })['.gitignore']).toBe(want);
    expect(plan({ '.gitignore': there }, true)['.gitignore']).toBe(want);
  });

  it('changes nothing once its plan is carried out', () => {
    const texts = new Map(
      planStarter(files, new Map([['.gitignore', 'dist/']]), main, false).map(({ path, text }) => [path, text ?? '']),
    );
    expect(new Set(planStarter(files, texts, main, false).map(({ action }) => action))).toEqual(new Set(['unchanged']));
  });
});
