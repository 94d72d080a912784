import { describe, expect, it } from 'vitest';
import { planStarter, type StarterFile } from '../../../src/cli/starter-plan.ts';

const manifest = '{\n  "private": true,\n  "dependencies": {\n    "us": "file:vendor/us-1.tgz"\n  }\n}\n';
const main = 'collections/a/collection.yaml';
const files: readonly StarterFile[] = [
  { path: main, text: 'id: a\n', ofCollection: true },
  { path: 'collections/a/step.yaml', text: 'id: step\n', ofCollection: true },
  { path: '.env.example', text: 'A=\n', ofCollection: false },
  { path: '.gitignore', text: 'node_modules/\n.env\n', ofCollection: false },
  { path: 'package.json', text: manifest, ofCollection: false },
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
      `write:${manifest}`,
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
      'package.json': `write:${manifest}`,
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

  it.each([
    ['{}', 'append:{\n  "dependencies": {\n    "us": "file:vendor/us-1.tgz"\n  }\n}'],
    [
      '{\n\t"name": "mine",\n\t"dependencies": {\n\t\t"us": "1.0.0"\n\t}\n}\n',
      'append:{\n\t"name": "mine",\n\t"dependencies": {\n\t\t"us": "file:vendor/us-1.tgz"\n\t}\n}\n',
    ],
    [
      '{ "devDependencies": { "us": "file:../us-1.tgz" } }',
      'append:{ "devDependencies": { "us": "file:vendor/us-1.tgz" } }',
    ],
    ['{ "dependencies": { "us": "file:vendor/us-1.tgz" } }', 'unchanged'],
  ])('has package.json name the file that comes with it, also when forced: %j', (there, want) => {
    expect(plan({ 'package.json': there })['package.json']).toBe(want);
    expect(plan({ 'package.json': there }, true)['package.json']).toBe(want);
  });

  it.each(['', '[]', 'null', '{ "name": }', '{ /* mine */ }'])(
    'refuses a package.json that is not a JSON object: %j',
    (there) => {
      expect(() => plan({ 'package.json': there })).toThrow('cannot add a dependency to package.json');
    },
  );

  it('changes nothing once its plan is carried out', () => {
    const texts = new Map(
      planStarter(files, new Map([['.gitignore', 'dist/']]), main, false).map(({ path, text }) => [path, text ?? '']),
    );
    expect(new Set(planStarter(files, texts, main, false).map(({ action }) => action))).toEqual(new Set(['unchanged']));
  });
});
