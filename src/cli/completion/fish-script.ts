import type { Completed, CompletedCommand } from './completed-command.ts';

/** The script for fish. */
export function fishScript(program: string, commands: readonly CompletedCommand[]): string {
  const complete = (words: string) => `complete -c ${program} ${words}`;
  const lines = commands.flatMap(({ name, description, options, arguments: values }) => {
    const within = `-n '__fish_seen_subcommand_from ${name}'`;
    return [
      complete(`-n __fish_use_subcommand -a ${name} -d ${quoted(description)}`),
      complete(`${within} ${valueWords(program, values)}`),
      ...options.map((option) =>
        complete(
          [
            within,
            ...option.flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`)),
            ...(option.values === undefined ? [] : ['-r', valueWords(program, option.values)]),
            `-d ${quoted(option.description)}`,
          ].join(' '),
        ),
      ),
    ];
  });
  return `${[complete('-f'), complete('-l help -s h -d "print help"'), ...lines].join('\n')}\n`;
}

function valueWords(program: string, values: Completed): string {
  if (values === 'files') return '-F';
  if (values === 'collections') return `-F -a '(${program} completion collections 2>/dev/null)'`;
  if (values === 'steps') return `-f -a '(${program} completion steps -- (commandline -opc) 2>/dev/null)'`;
  return `-f -a ${quoted(values.join(' '))}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
