import pc from 'picocolors';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Choice, Prompts } from '../../../src/cli/step-by-step/prompts.ts';
import { screenStyle } from '../../../src/cli/step-by-step/screen-style.ts';
import { createStepGuide } from '../../../src/cli/step-by-step/step-guide.ts';
import type { Definition, Step } from '../../../src/definition/definition.ts';
import { loadDefinition } from '../../../src/definition/load.ts';
import type { Preview, Shown } from '../../../src/run/steps/guide.ts';
import { collectionFolder } from '../../e2e/support.ts';

let definition: Definition;
beforeAll(async () => {
  definition = await loadDefinition(collectionFolder);
});

/** A person who answers with these, in this order. */
function answering(...answers: (string | undefined)[]) {
  const asked: string[] = [];
  const answer = async (question: string) => {
    asked.push(question);
    if (answers.length === 0) throw new Error(`nobody answers ${question}`);
    return answers.shift();
  };
  const prompts: Prompts = {
    key: (_keys, line) => answer(line),
    text: (message, initial) => {
      asked.push(initial);
      return answer(message);
    },
    secret: (message) => answer(`secret: ${message}`),
    choose: async <Value>(message: string, choices: readonly Choice<Value>[]) => {
      asked.push(...choices.map(({ label }) => label));
      const wanted = await answer(message);
      return wanted === undefined ? undefined : choices.find(({ label }) => label.startsWith(wanted))?.value;
    },
  };
  return { asked, prompts };
}

const shownLines: string[] = [];
function guideOf(prompts: Prompts, isSimulator = true) {
  shownLines.length = 0;
  return createStepGuide({
    prompts,
    style: () => screenStyle(pc.createColors(false)),
    show: (lines) => shownLines.push(...lines),
    snippets: async () => [],
    isSimulator,
    quit: () => shownLines.push('left'),
  });
}

function stepOf(id: string): Step {
  const step = definition.steps.find((one) => one.id === id);
  if (!step) throw new Error(id);
  return step;
}

const previewOf = (id: string): Preview => ({
  step: stepOf(id),
  unchanged: stepOf(id),
  definition,
  request: { method: 'POST', url: 'http://127.0.0.1/x', headers: [] },
  values: { email: 'a@example.com' },
});

const passedOf = (id: string): Shown => ({
  ...previewOf(id),
  result: {
    ...{ id, name: id, method: 'POST', url: 'x', iteration: 1, status: 'passed', durationMs: 1 },
    ...{ checks: [], captures: [], notes: [], diagnoses: [], attempts: [] },
  },
  isKept: true,
});

describe('text of others at --step', () => {
  const hostile = 'a\u001b[31m\u202eb\u009b2J\n::error::x';
  const steering = /(?![\t\n])\p{Cc}|\p{Bidi_Control}|^[^\S\n]*::error/mu;
  const bodies = [JSON.stringify({ [hostile]: [hostile, { id: hostile }] }), hostile];

  it.each(bodies)('steers nothing, in a body such as %j', async (text) => {
    const body = { text, bytes: text.length, truncated: false };
    const headers = [{ name: 'Location', value: hostile }];
    const preview = previewOf('create-user');
    const given: Preview = {
      ...preview,
      step: { ...preview.step, name: hostile, description: hostile },
      request: { method: 'POST', url: `http://x/${hostile}`, headers, body },
      change: { variables: { [hostile]: hostile } },
      values: { email: hostile, [hostile]: hostile },
    };
    const { result } = passedOf('create-user');
    const failed: Shown = {
      ...given,
      result: {
        ...result,
        status: 'failed',
        reason: hostile,
        checks: [{ kind: 'status', name: hostile, status: 'failed', message: hostile }],
        diagnoses: [{ cause: hostile, remedy: hostile }],
        response: {
          status: 400,
          reason: hostile,
          durationMs: 1,
          headers,
          body,
          tokens: [{ name: hostile, claims: { sub: hostile } }],
        },
      },
      isKept: false,
    };
    const person = answering('d', 'h', 'e', 'email', undefined, 'enter', 'a', 'h', 'd', 'enter');
    const guide = guideOf(person.prompts);
    await guide.beforeSend(given);
    await guide.afterAnswer(failed);
    expect(shownLines.join('\n')).toContain('a\\u001b');
    for (const line of [...shownLines, ...person.asked]) expect(line).not.toMatch(steering);
  });
});

describe('the keys of --step', () => {
  it('send, end and show', async () => {
    expect(await guideOf(answering('d', 'h', 'c', 'enter').prompts).beforeSend(previewOf('create-user'))).toEqual({
      kind: 'send',
    });
    expect(shownLines.join('\n')).toContain('What may go wrong here:');
    expect(shownLines.join('\n')).toContain('npm run docs makes them');
    expect(await guideOf(answering('q').prompts).beforeSend(previewOf('create-user'))).toEqual({ kind: 'quit' });
    expect(shownLines.at(-1)).toBe('left');
  });

  it('go back from a list and from a value without a change', async () => {
    const { prompts, asked } = answering('e', undefined, 'e', 'variable email', undefined, 'enter');
    expect(await guideOf(prompts).beforeSend(previewOf('create-user'))).toEqual({ kind: 'send' });
    expect(asked).toContain('variable email =');
  });

  it('put one change to another, and ask for a secret without showing it', async () => {
    const preview = { ...previewOf('set-user-password'), change: { variables: { envID: '7' } } };
    const { prompts, asked } = answering('e', 'variable userPassword', 'typed');
    expect(await guideOf(prompts).beforeSend(preview)).toEqual({
      kind: 'change',
      change: { variables: { envID: '7', userPassword: 'typed' } },
    });
    expect(asked.at(-1)).toBe('secret: variable userPassword =');
  });

  it('change a value of the body as data', async () => {
    const { prompts } = answering('e', 'body forceChange', 'true');
    expect(await guideOf(prompts).afterAnswer(passedOf('set-user-password'))).toEqual({
      kind: 'again',
      change: { body: { '/forceChange': true } },
    });
  });

  it('try an experiment with the values of the simulator, and elsewhere ask for those of the person', async () => {
    const there = await guideOf(answering('t', 'A Worker application without').prompts).afterAnswer(
      passedOf('get-access-token'),
    );
    expect(there).toMatchObject({ kind: 'again', change: { simulator: { adminAppSecret: expect.any(String) } } });
    const { prompts, asked } = answering('t', 'A Worker application without', 'my-app', 'my-secret');
    const elsewhere = await guideOf(prompts, false).afterAnswer(passedOf('get-access-token'));
    expect(elsewhere).toMatchObject({ change: { variables: { adminAppID: 'my-app', adminAppSecret: 'my-secret' } } });
    expect(asked.at(-1)).toMatch(/^secret: Value of adminAppSecret/);
    expect(shownLines.join('\n')).not.toContain('my-secret');
  });
});
