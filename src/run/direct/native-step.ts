import { cleanUpFolderName } from '../../definition/checks/folder-problems.ts';
import { type Definition, folderOf, type Step } from '../../definition/definition.ts';
import type { RawFragment } from '../../definition/schema.ts';
import { dynamicVariables, textsIn, variablesIn } from '../../definition/variables.ts';

/** Why a step is run by Newman: something in it that only Postman's sandbox or its runtime knows. Undefined when it needs neither. */
export function reasonForNewman(step: Step, definition: Definition): string | undefined {
  if (step.scripts?.prerequest !== undefined || step.scripts?.test !== undefined) return 'it has scripts';
  if (step.generate.some(({ script }) => script !== undefined)) return 'a script makes a value';
  if (step.captures.some(({ script }) => script !== undefined)) return 'a script captures a value';
  if (step.raw !== undefined) return 'a part of it is in the format of Postman';
  const around = foldersOf(step, definition).some(({ raw }) => changesRequests(raw));
  if (changesRequests(definition.raw) || around)
    return 'a part of its folder or collection is in the format of Postman';
  if (/\/:/.test(step.request.url.replace(/^[^/]*:\/\//, ''))) return 'its address has variables of the path';
  return unknownDynamicVariable(textsIn(step.request).map(({ text }) => text));
}

/** What is said of a text that only Postman can fill in. */
export function unknownDynamicVariable(texts: readonly string[]): string | undefined {
  const unknown = texts.flatMap(variablesIn).find((name) => name.startsWith('$') && !dynamicVariables.includes(name));
  return unknown === undefined ? undefined : `only Postman knows {{${unknown}}}`;
}

/** Whether a fragment is about more than names and descriptions. */
function changesRequests(raw: RawFragment | undefined): boolean {
  return ['event', 'auth', 'protocolProfileBehavior', 'proxy', 'certificate'].some((key) => raw?.[key] !== undefined);
}

function foldersOf(step: Step, definition: Definition) {
  const path = definition.cleanUp.steps.includes(step) ? [cleanUpFolderName] : folderOf(step, definition);
  return (definition.folders ?? []).filter((folder) => folder.path.every((name, depth) => name === path[depth]));
}
