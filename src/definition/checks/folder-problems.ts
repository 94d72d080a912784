import type { Checked, CollectionSources } from '../reading/collection-sources.ts';
import type { Problem } from '../reading/problem.ts';
import { problemAtPath } from '../reading/source-file.ts';
import type { StepFile } from '../schema.ts';

/** Name of the folder that the clean-up steps stand in. */
export const cleanUpFolderName = 'Clean up';

/** Problems of folders: steps of one that do not stand together, names that are taken, folders told of twice. */
export function folderProblems(sources: CollectionSources): Problem[] {
  const { data } = sources.collection;
  return [
    ...scatteredProblems(sources.steps, data.name),
    ...sources.cleanUp.flatMap((step) =>
      problemIf(
        step,
        step.data.folder !== undefined,
        `a clean-up step stands in the folder "${cleanUpFolderName}"; remove this`,
      ),
    ),
    ...(data.cleanUp
      ? sources.steps.flatMap((step) =>
          problemIf(
            step,
            (step.data.folder ?? [data.name])[0] === cleanUpFolderName,
            `the folder "${cleanUpFolderName}" is for the clean-up steps; choose another name`,
          ),
        )
      : []),
    ...repeatedProblems(sources),
  ];
}

function problemIf({ source }: Checked<StepFile>, condition: boolean, message: string): Problem[] {
  return condition ? [problemAtPath(source, ['folder'], message)] : [];
}

/** Postman runs folder by folder: steps of a folder that others stand between would run in another order. */
function scatteredProblems(steps: readonly Checked<StepFile>[], collectionName: string): Problem[] {
  const left = new Set<string>();
  let open: readonly string[] = [];
  return steps.flatMap((step) => {
    const path = step.data.folder ?? [collectionName];
    const prefixes = path.map((_, index) => path.slice(0, index + 1));
    const scattered = prefixes.find((prefix) => left.has(JSON.stringify(prefix)));
    for (const [index, name] of open.entries()) {
      if (path[index] === name && open.slice(0, index).every((other, at) => path[at] === other)) continue;
      left.add(JSON.stringify(open.slice(0, index + 1)));
    }
    open = path;
    if (!scattered) return [];
    const message = `steps of the folder "${scattered.join(' / ')}" stand further up, with others between; list them one after the other`;
    return problemIf(step, true, message);
  });
}

function repeatedProblems({ collection: { source, data } }: CollectionSources): Problem[] {
  const seen = new Set<string>();
  return (data.folders ?? []).flatMap(({ path }, index) => {
    const key = JSON.stringify(path);
    if (seen.has(key))
      return [problemAtPath(source, ['folders', index], `the folder "${path.join(' / ')}" is here twice`)];
    seen.add(key);
    return [];
  });
}
