import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadDefinition } from '../../src/definition/load.ts';
import { createSimulator } from '../../src/simulator/index.ts';
import { slow, slowUnless } from '../slow.ts';
import { provoke } from './provoke.ts';
import { elsewhere, type Provoked } from './provoked-failures.ts';
import { cli, root, startSimulator, temporaryFolder } from './support.ts';

const definition = await loadDefinition(join(root, 'collections/provision-users'));

describe('the collection "Provision users under a password policy"', () => {
  for (const engine of ['newman', 'direct'])
    it(`passes with the engine ${engine}, and leaves nothing`, slowUnless(engine === 'direct'), async () => {
      const options = ['--simulator', '--cleanup', 'always', '--engine', engine];
      const { code, stdout } = await cli(['run', 'provision-users', ...options]);
      expect(stdout).toContain('✓ 7 steps: 7 passed');
      expect(stdout).toContain('Clean-up: 4 removed, nothing left');
      expect(code).toBe(0);
    });

  it('imports the people of a data file, says of each why not, and removes them', async () => {
    const target = await startSimulator(createSimulator());
    const folder = await temporaryFolder();
    try {
      const data = join(folder.path, 'users.csv');
      const rows = [
        'ann,ann@example.com,Str0ng-enough-one',
        'bob,bob@example.com,weak',
        'cyd,cyd@example.com,Str0ng-enough-two',
      ];
      await writeFile(data, ['importUsername,importEmail,initialPassword', ...rows].join('\n'));
      const template = join(root, 'environments/provision-users-simulator.postman_environment.json');
      const environment = join(folder.path, 'environment.json');
      await writeFile(environment, (await readFile(template, 'utf8')).replaceAll('http://127.0.0.1:8642', target.url));
      const options = ['-e', environment, '--data', data, '--cleanup', 'always', '--ledger', folder.path];
      const { code, stdout } = await cli(['run', 'provision-users', ...options]);
      expect(code).toBe(1);
      expect(stdout).toContain('3 iterations: 2 passed, 1 failed');
      expect(stdout).toContain('Iteration 2 (line 3)');
      expect(stdout).toContain('The password is shorter or longer than the policy of step 2 allows.');
      expect(stdout).toContain('Clean-up: 5 removed, nothing left');
      const made = target.simulator.history().filter(({ type, action }) => type === 'user' && action === 'created');
      expect(made.map(({ name }) => name).toSorted()).toEqual(['ann', 'cyd']);
    } finally {
      await folder.remove();
      await target.close();
    }
  });
});

describe('the first diagnosis is the right one', slow, () => {
  const detail = (code: string, target: string, innerError?: object) => ({
    id: elsewhere,
    code: 'INVALID_DATA',
    message: 'On request.',
    details: [{ code, target, message: '', ...(innerError && { innerError }) }],
  });
  const imported = (body: object, status = 400): Pick<Provoked, 'answers'> => ({
    answers: [{ method: 'POST', at: /\/users$/, status, body }],
  });
  const unsatisfied = (rule: string) =>
    imported(detail('INVALID_VALUE', 'password', { unsatisfiedRequirements: [rule] }));
  const signedOn = (status: number, body: object): Pick<Provoked, 'answers'> => ({
    answers: [{ at: /\/flows\//, status, body }],
  });
  const cases: readonly (readonly [number, string, Partial<Provoked>, string])[] = [
    [
      5,
      'a name that is taken',
      imported(detail('UNIQUENESS_VIOLATION', 'username')),
      'The environment already has a user',
    ],
    [
      5,
      'an address that is taken',
      imported(detail('UNIQUENESS_VIOLATION', 'email')),
      'Another user of the environment',
    ],
    [5, 'a short password', { values: { initialPassword: 'weak' } }, 'The password is shorter or longer'],
    [5, 'a password without digits', unsatisfied('minCharacters'), 'The password lacks a kind of character'],
    [5, 'a common password', unsatisfied('excludesCommonlyUsed'), 'The password, or something close to it'],
    [
      5,
      'a password with the name',
      { values: { initialPassword: 'Imported@example.com1' } },
      "The password holds something of the user's own data",
    ],
    [
      5,
      'an address that is none',
      { values: { importEmail: 'nobody' } },
      'The value of importEmail is not an e-mail address',
    ],
    [
      5,
      'another content type',
      imported({ id: elsewhere, code: 'INVALID_REQUEST', message: '' }, 415),
      'The Content-Type header is not one',
    ],
    [
      7,
      'a wrong password',
      signedOn(400, detail('INVALID_VALUE', 'password')),
      'The password, or the user name, is wrong',
    ],
    [
      7,
      'a password to be changed',
      signedOn(200, { id: elsewhere, status: 'MUST_CHANGE_PASSWORD' }),
      'The password is right, but it must be changed',
    ],
    [
      7,
      'a second factor',
      signedOn(200, { id: elsewhere, status: 'OTP_REQUIRED' }),
      'The password is right; the sign-on policy asks',
    ],
    [
      7,
      'a flow that is over',
      signedOn(404, { id: elsewhere, code: 'NOT_FOUND', message: '' }),
      'PingOne does not know the flow',
    ],
  ];
  it.each(cases)('step %i: %s', async (step, what, provoked, cause) => {
    const result = await provoke({ step, what, ...provoked, cause }, definition, 'direct');
    const broken = result.steps.findIndex(({ status }) => status === 'failed' || status === 'error');
    expect(broken + 1).toBe(step);
    expect(result.steps[broken]?.diagnoses[0]?.cause.slice(0, cause.length)).toBe(cause);
  });
});
