import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { isCancel, PasswordPrompt, SelectKeyPrompt, SelectPrompt, TextPrompt } from '@clack/core';
import type { Colors } from './screen-style.ts';

/** Something to choose. */
export interface Choice<Value> {
  readonly value: Value;
  readonly label: string;
}

/** What a person is asked. `undefined`: they went back, or of a key, the run is over. */
export interface Prompts {
  /** One of these keys; `enter` for Enter. */
  key(keys: readonly string[], line: string): Promise<string | undefined>;
  choose<Value>(message: string, choices: readonly Choice<Value>[]): Promise<Value | undefined>;
  text(message: string, value: string): Promise<string | undefined>;
  secret(message: string): Promise<string | undefined>;
}

/** The terminal that prompts use. */
export interface PromptTerminal {
  readonly input: Readable;
  readonly output: Writable;
  readonly colors: Colors;
  /** Ends the prompt that is open. */
  readonly signal: AbortSignal;
  /** Called for Ctrl-C, which a terminal that reads single keys gives as one. */
  interrupt(): void;
}

/** Prompts at a terminal; when one ends, the terminal is as it was. */
export function terminalPrompts({ input, output, colors, signal, interrupt }: PromptTerminal): Prompts {
  let isInterrupted = false;
  const asked = async (make: (streams: Streams) => object): Promise<unknown> => {
    // A signal of its own: a prompt that has ended would still listen to that of the run.
    const own = new AbortController();
    const end = () => own.abort();
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    const prompt = make({ input, output, signal: own.signal }) as Asked;
    prompt.on('key', (_character, info) => {
      if (!info?.ctrl || info.name !== 'c') return;
      isInterrupted = true;
      interrupt();
    });
    return prompt.prompt().finally(() => signal.removeEventListener('abort', end));
  };
  const answerOf = async <Value>(make: (streams: Streams) => object): Promise<Value | undefined> => {
    const answer = await asked(make);
    return isCancel(answer) ? undefined : (answer as Value);
  };
  return {
    key: async (keys, line) => {
      const options = keys.filter((key) => key !== 'enter').map((value) => ({ value }));
      const render = function (this: { state: string }) {
        return isOver(this) ? '' : colors.dim(line);
      };
      for (;;) {
        const key = await asked((streams) => new SelectKeyPrompt({ ...streams, options, render, caseSensitive: true }));
        if (isInterrupted) await abortOf(signal);
        if (signal.aborted) return undefined;
        // Escape does nothing here.
        if (!isCancel(key)) return key === undefined ? 'enter' : (key as string);
      }
    },
    choose: async <Value>(message: string, choices: readonly Choice<Value>[]) => {
      const options = choices.map((choice, index) => ({ ...choice, value: index }));
      const render = function (this: { state: string; cursor: number }) {
        if (isOver(this)) return '';
        const lines = choices.map(({ label }, index) =>
          index === this.cursor ? colors.cyan(`› ${label}`) : `  ${label}`,
        );
        return [`${message} ${colors.dim('(arrows, Enter; Esc goes back)')}`, ...lines].join('\n');
      };
      const index = await answerOf<number>((streams) => new SelectPrompt({ ...streams, options, render }));
      return index === undefined ? undefined : choices[index]?.value;
    },
    text: async (message, value) => {
      const render = function (this: { state: string; userInput: string; userInputWithCursor: string }) {
        return `${message} ${isOver(this) ? this.userInput : this.userInputWithCursor}`;
      };
      const answer = await asked((streams) => new TextPrompt({ ...streams, initialUserInput: value, render }));
      return isCancel(answer) ? undefined : ((answer as string | undefined) ?? '');
    },
    secret: (message) => {
      const render = function (this: { masked: string }) {
        return `${message} ${this.masked}`;
      };
      return answerOf<string>((streams) => new PasswordPrompt({ ...streams, render }));
    },
  };
}

/** Where a prompt reads and writes, and what ends it. */
type Streams = Pick<PromptTerminal, 'input' | 'output' | 'signal'>;

/** Resolves once a signal is aborted: a signal of the system takes a moment. */
function abortOf(signal: AbortSignal): Promise<unknown> {
  return signal.aborted ? Promise.resolve() : once(signal, 'abort');
}

function isOver({ state }: { readonly state: string }): boolean {
  return state === 'submit' || state === 'cancel';
}

/** What all prompts of the library have. */
interface Asked {
  on(
    event: 'key',
    listener: (character: string | undefined, info: { readonly name?: string; readonly ctrl?: boolean }) => void,
  ): void;
  prompt(): Promise<unknown>;
}
