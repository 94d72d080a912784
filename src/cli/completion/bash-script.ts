import type { Completed, CompletedCommand } from './completed-command.ts';

/** The script for bash. Zsh takes it too, through its bashcompinit: it uses nothing that is not in both. */
export function bashScript(program: string, commands: readonly CompletedCommand[]): string {
  const name = `_${program.replaceAll('-', '_')}`;
  return `${name}() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" list='' head='' take=''
  # Bash divides --cleanup=always into three words.
  [[ $cur == '=' ]] && cur=''
  [[ $prev == '=' ]] && prev="\${COMP_WORDS[COMP_CWORD-2]}"
  COMPREPLY=()
  if (( COMP_CWORD == 1 )); then
    list='${[...commands.map((command) => command.name), '--help', '--version'].join(' ')}'
  elif [[ $cur == -* ]]; then
    case "\${COMP_WORDS[1]}" in
${commands.map(optionsCase).join('\n')}
    esac
  else
    case "\${COMP_WORDS[1]} $prev" in
${[...commands.flatMap(valueCases), ...commands.map(argumentsCase)].join('\n')}
    esac
  fi
  case $take in
    steps) list="$("\${COMP_WORDS[0]}" completion steps -- "\${COMP_WORDS[@]:2}" 2>/dev/null)"
      if [[ $cur == *,* ]]; then head="\${cur%,*},"; cur="\${cur##*,}"; fi ;;
    collections) list="$("\${COMP_WORDS[0]}" completion collections 2>/dev/null)" ;;
  esac
  COMPREPLY=($(compgen -P "$head" -W "$list" -- "$cur"))
  if [[ $take == files || $take == collections ]]; then
    local IFS=$'\\n'
    compopt -o filenames 2>/dev/null
    COMPREPLY+=($(compgen -f -- "$cur"))
  fi
}
complete -F ${name} ${program}
`;
}

export function zshScript(program: string, commands: readonly CompletedCommand[]): string {
  return `(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
autoload -Uz bashcompinit && bashcompinit
${bashScript(program, commands)}`;
}

function optionsCase({ name, options }: CompletedCommand): string {
  return `      ${name}) list='${[...options.flatMap(({ flags }) => flags), '--help'].join(' ')}' ;;`;
}

function valueCases({ name, options }: CompletedCommand): string[] {
  return options.flatMap(({ flags, values }) =>
    values === undefined
      ? []
      : [`      ${flags.map((flag) => `'${name} ${flag}'`).join('|')}) ${assignment(values)} ;;`],
  );
}

/** After all other cases: a word that follows no option with a value. */
function argumentsCase({ name, arguments: values }: CompletedCommand): string {
  return `      '${name} '*) ${assignment(values)} ;;`;
}

function assignment(values: Completed): string {
  return typeof values === 'string' ? `take=${values}` : `list='${values.join(' ')}'`;
}
