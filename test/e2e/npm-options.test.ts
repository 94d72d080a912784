import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { createSimulator } from '../../src/simulator/index.ts';
import { slow } from '../slow.ts';
import { spawnProgram, startSimulator } from './support.ts';

const npmVersion = Number.parseInt(execFileSync('npm', ['--version'], { encoding: 'utf8' }), 10);

it('sends nothing to the tenant when npm has taken an option', slow, async () => {
  const requests: string[] = [];
  const tenant = await startSimulator(createSimulator({ onRequest: ({ path }) => requests.push(path) }));
  // The tenant that a `.env` would name.
  const osVariables = {
    PINGONE_AUTH_PATH: tenant.url,
    PINGONE_API_PATH: tenant.url,
    PINGONE_ADMIN_ENV_ID: '3f6a1a52-8f0a-4c55-9a57-0d8a3c1e7f02',
    PINGONE_ADMIN_APP_ID: '3f6a1a52-8f0a-4c55-9a57-0d8a3c1e7f03',
    PINGONE_ADMIN_APP_SECRET: 'a-secret-of-the-tenant',
  };
  const npm = (...argv: string[]) => spawnProgram('npm', ['run', '--silent', ...argv], { osVariables }).result;
  // Since npm 12, npm itself refuses options that it does not know.
  const refused =
    npmVersion < 12 ? { code: 2, stderr: expect.stringContaining('npm run tutorial -- --simulator') } : {};
  expect(await npm('tutorial', '--simulator')).toMatchObject({ stdout: '', ...refused });
  expect(await npm('tutorial', '--dry-run')).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('npm run tutorial -- --dry-run'),
  });
  expect(await npm('smoke', '--plan')).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('npm run smoke -- --plan'),
  });
  expect(requests).toEqual([]);
  // The witness sees what is sent.
  await npm('tutorial');
  expect(requests).not.toEqual([]);
  await tenant.close();
});
