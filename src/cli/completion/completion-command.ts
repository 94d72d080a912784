import { type ExitCode, exitCode } from '../../errors.ts';
import { tool } from '../../run/tool.ts';
import { everyCollection, isCollection, knownCollections } from '../collection-folder.ts';
import { loadCollections } from '../inputs/load-collections.ts';
import { defaultNames } from '../repository-settings.ts';
import type { World } from '../world.ts';
import { bashScript, zshScript } from './bash-script.ts';
import { type CompletedTable, completedCommands } from './completed-command.ts';
import { fishScript } from './fish-script.ts';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** `completion`: prints the script of a shell, or the names for which such a script asks. */
export async function completionCommand(
  what: string,
  words: readonly string[],
  table: CompletedTable,
  world: World,
): Promise<ExitCode> {
  world.stdout.write(await textOf(what, words, table, world));
  return exitCode.passed;
}

async function textOf(what: string, words: readonly string[], table: CompletedTable, world: World): Promise<string> {
  if (isShell(what)) return scripts[what](tool.name, completedCommands(table));
  const names = what === 'collections' ? knownCollections(world.cwd) : await stepIds(words, world);
  return names.map((name) => `${name}\n`).join('');
}

function isShell(what: string): what is keyof typeof scripts {
  return Object.hasOwn(scripts, what);
}

/** Ids of the steps of the collections among the words of a command line, of the default collection when there is none. */
async function stepIds(words: readonly string[], world: World): Promise<string[]> {
  const { cwd } = world;
  const named = words.includes('--all')
    ? everyCollection(cwd)
    : defaultNames([...new Set(words.filter((word) => isCollection(word, cwd)))], cwd);
  const loaded = await loadCollections(named, world);
  return loaded.flatMap(({ definition }) => definition.steps.map(({ id }) => id));
}
