import { cleanUpFolderName } from '../../definition/checks/folder-problems.ts';
import { type Definition, folderOf, type Step } from '../../definition/definition.ts';
import type { RawFragment } from '../../definition/schema.ts';

/** Whether something in a step is for Postman's sandbox or its runtime, whatever the values of its variables are. */
export function needsNewman(step: Step, definition: Definition): boolean {
  const { tests, scripts, generate, captures, raw, request, needs } = step;
  return (
    scripts?.prerequest !== undefined ||
    scripts?.test !== undefined ||
    tests !== undefined ||
    [...generate, ...captures].some(({ script }) => script !== undefined) ||
    raw !== undefined ||
    [definition, ...foldersOf(step, definition)].some((around) => changesRequests(around.raw)) ||
    hasPathVariables(request.url) ||
    // Postman fills these in with what every object of JavaScript has.
    needs.some((name) => Object.hasOwn(Object.prototype, name))
  );
}

function hasPathVariables(url: string): boolean {
  return /\/:/.test(url.replace(/^[^/]*:\/\//, ''));
}

/** Whether a fragment is about more than names and descriptions. */
function changesRequests(raw: RawFragment | undefined): boolean {
  return ['event', 'auth', 'protocolProfileBehavior', 'proxy', 'certificate'].some((key) => raw?.[key] !== undefined);
}

function foldersOf(step: Step, definition: Definition) {
  const path = definition.cleanUp.steps.includes(step) ? [cleanUpFolderName] : folderOf(step, definition);
  return (definition.folders ?? []).filter((folder) => folder.path.every((name, depth) => name === path[depth]));
}
