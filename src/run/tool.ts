import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const packageFile = fileURLToPath(new URL('../../package.json', import.meta.url));

/** This program, by the name and the version of its package. */
export const tool: { readonly name: string; readonly version: string } = readPackage();

function readPackage(): { name: string; version: string } {
  const { name, version } = JSON.parse(readFileSync(packageFile, 'utf8')) as {
    name: string;
    version: string;
  };
  return { name, version };
}

/** npm scripts of a clone of this project, where they are not called as the command is. */
const scripts: Readonly<Record<string, string>> = { run: 'tutorial', simulate: 'simulator' };

/**
 * How a person calls a command of this program, for messages that say what to do: with npx where it is installed, as an npm
 * script in a clone. `file` is this package's own package.json. `--no-install`: npx must not download a stranger's package of this
 * name (`--no` takes the word after it for its value, and a following `--version` for npm's own).
 */
export function commandLine(command: string, args: readonly string[] = [], file: string = packageFile): string {
  if (file.split(/[\\/]/).includes('node_modules'))
    return ['npx', '--no-install', tool.name, command, ...args].join(' ');
  return ['npm run', scripts[command] ?? command, ...(args.length > 0 ? ['--', ...args] : [])].join(' ');
}
