import type { Step } from '../../src/definition/definition.ts';
import { valueAt } from '../../src/definition/pointer.ts';
import { substitute } from '../../src/definition/variables.ts';

/**
 * Looks whether the simulator is as a step should have left it: what it creates is there under its name, what it removes is gone,
 * a password it sets is the user's. Gives what is wrong, undefined when all is well. `address` makes the URL of a text of the step.
 */
export async function stateProblem(
  step: Step,
  address: (text: string) => string,
  values: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const ask = (text: string, init: RequestInit = {}) =>
    fetch(address(text), { ...init, headers: { Authorization: `Bearer ${values.accessToken}`, ...init.headers } });
  const { creates, gone, request } = step;
  if (creates) {
    const answer = await ask(`${request.url}/{{${creates.id}}}`);
    const name = valueAt(await answer.json(), creates.find?.name ?? '/name');
    if (name !== substitute(creates.name, (variable) => values[variable]))
      return `there is no ${creates.kind} of this name`;
  }
  if (gone !== undefined) {
    const { status } = await ask(gone);
    if (status !== 404) return `what it removes is still there (${status})`;
  }
  const [password] = step.generate.filter((generator) => generator.password);
  if (password && request.url.endsWith('/password')) {
    const { status } = await ask(request.url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/vnd.pingidentity.password.check+json' },
      body: JSON.stringify({ password: values[password.variable] }),
    });
    if (status !== 200) return `the password is not the user's (${status})`;
  }
  return undefined;
}
