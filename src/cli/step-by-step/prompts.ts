import type { Readable, Writable } from 'node:stream';
import { isCancel, PasswordPrompt, SelectKeyPrompt, SelectPrompt, TextPrompt } from '@clack/core';
import type { Colors } from './screen-style.ts';

/** Something to choose. */
export interface Choice<Value> {
  readonly value: Value;
  readonly label: string;
}

/** What a person is asked. `undefined`: they went back. */
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
  const streams = { input, output, signal };
  let isInterrupted = false;
  const asked = async (prompt: Asked): Promise<unknown> => {
    prompt.on('key', (_character, info) => {
      if (!info?.ctrl || info.name !== 'c') return;
      isInterrupted = true;
      interrupt();
    });
    return prompt.prompt();
  };
  const answerOf = async <Value>(prompt: object): Promise<Value | undefined> => {
    const answer = await asked(prompt as Asked);
    return isCancel(answer) ? undefined : (answer as Value);
  };
  return {
    key: async (keys, line) => {
      const options = keys.filter((key) => key !== 'enter').map((value) => ({ value }));
      const render = function (this: { state: string }) {
        return this.state === 'submit' || this.state === 'cancel' ? '' : colors.dim(line);
      };
      for (;;) {
        const prompt = new SelectKeyPrompt({ ...streams, options, render, caseSensitive: true });
        const key = await asked(prompt as unknown as Asked);
        if (signal.aborted || isInterrupted) return undefined;
        // Escape does nothing here.
        if (!isCancel(key)) return key === undefined ? 'enter' : (key as string);
      }
    },
    choose: <Value>(message: string, choices: readonly Choice<Value>[]) => {
      const prompt = new SelectPrompt({
        ...streams,
        options: choices.map((choice, index) => ({ ...choice, value: index })),
        render() {
          if (this.state === 'submit' || this.state === 'cancel') return '';
          const lines = choices.map(({ label }, index) =>
            index === this.cursor ? colors.cyan(`› ${label}`) : `  ${label}`,
          );
          return [`${message} ${colors.dim('(arrows, Enter; Esc goes back)')}`, ...lines].join('\n');
        },
      });
      return answerOf<number>(prompt).then((index) => (index === undefined ? undefined : choices[index]?.value));
    },
    text: (message, value) => {
      const prompt = new TextPrompt({
        ...streams,
        initialUserInput: value,
        render() {
          return `${message} ${this.state === 'submit' ? this.userInput : this.userInputWithCursor}`;
        },
      });
      return answerOf<string>(prompt).then((answer) => answer ?? (prompt.state === 'cancel' ? undefined : ''));
    },
    secret: (message) => {
      const prompt = new PasswordPrompt({
        ...streams,
        render() {
          return `${message} ${this.masked}`;
        },
      });
      return answerOf<string>(prompt);
    },
  };
}

/** What all prompts of the library have. */
interface Asked {
  on(
    event: 'key',
    listener: (character: string | undefined, info: { readonly name?: string; readonly ctrl?: boolean }) => void,
  ): void;
  prompt(): Promise<unknown>;
}
