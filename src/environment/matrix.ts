import Type, { type Static } from 'typebox';
import type { Definition } from '../definition/definition.ts';
import { nearest } from '../definition/reading/nearest.ts';
import { parseSource } from '../definition/reading/parse.ts';
import { type Problem, sortProblems } from '../definition/reading/problem.ts';
import { shapeProblems } from '../definition/reading/shape.ts';
import { problemAtPath, type SourceFile } from '../definition/reading/source-file.ts';
import { declaredName, osVariable, targetName } from '../definition/schema.ts';
import type { EnvironmentSource } from './values.ts';

const strict = { additionalProperties: false } as const;

/** The format of a matrix file: the targets of a run, such as regions and tenants. */
export const MatrixFile = Type.Object(
  {
    targets: Type.Array(
      Type.Object(
        {
          name: Type.String({ pattern: targetName, description: 'Name of the target in reports.' }),
          environment: Type.Optional(
            Type.String({
              minLength: 1,
              description: 'Postman environment file, by its path from the folder of the matrix file.',
            }),
          ),
          variables: Type.Optional(
            Type.Record(Type.String({ pattern: declaredName }), Type.String(), {
              ...strict,
              description: 'Values of variables, but not of secrets.',
            }),
          ),
          osPrefix: Type.Optional(
            Type.String({
              pattern: osVariable,
              description: 'What the names of its OS variables begin with: EU_ for EU_CLIENT_SECRET.',
            }),
          ),
        },
        strict,
      ),
      { minItems: 1, description: 'The targets.' },
    ),
  },
  strict,
);

/** A target as a matrix file describes it. */
export interface MatrixTarget {
  readonly name: string;
  /** Path from the folder of the matrix file. */
  readonly environment?: string | undefined;
  /** Values of variables, each with its place in the file. */
  readonly variables: EnvironmentSource;
  /** What the names of its OS variables begin with; empty for the usual names. */
  readonly osPrefix: string;
  /** A problem with its environment file. */
  environmentProblem(message: string): Problem;
}

/** What a matrix file says, or everything that is wrong with it. */
export interface Matrix {
  /** In the order of the file; empty when there are problems. */
  readonly targets: readonly MatrixTarget[];
  readonly problems: readonly Problem[];
}

/** Reads a matrix file, YAML or JSON, for runs of a definition. `file` is its path, for messages. */
export function readMatrix(file: string, text: string, definition: Definition): Matrix {
  const { source, problems } = parseSource(file, text);
  if (problems.length > 0) return { targets: [], problems };
  const wrong = shapeProblems(source, MatrixFile);
  if (wrong.length > 0) return { targets: [], problems: sortProblems(wrong) };
  const { targets } = source.data as Static<typeof MatrixFile>;
  const found = [...nameProblems(source, targets), ...variableProblems(source, targets, definition)];
  if (found.length > 0) return { targets: [], problems: sortProblems(found) };
  return {
    problems: [],
    targets: targets.map(({ name, environment, variables = {}, osPrefix = '' }, index) => ({
      name,
      environment,
      osPrefix,
      variables: {
        origin: (variable) => placeOf(problemAtPath(source, ['targets', index, 'variables', variable], '', true)),
        values: variables,
      },
      environmentProblem: (message) => problemAtPath(source, ['targets', index, 'environment'], message),
    })),
  };
}

type Targets = Static<typeof MatrixFile>['targets'];

function nameProblems(source: SourceFile, targets: Targets): Problem[] {
  return targets.flatMap(({ name }, index) => {
    const first = targets.findIndex((target) => target.name === name);
    if (first === index) return [];
    const { line } = problemAtPath(source, ['targets', first, 'name'], '');
    return [
      problemAtPath(source, ['targets', index, 'name'], `the target "${name}" is already in line ${line}; rename one`),
    ];
  });
}

function variableProblems(source: SourceFile, targets: Targets, definition: Definition): Problem[] {
  const names = definition.variables.map(({ name }) => name);
  return targets.flatMap(({ variables = {}, osPrefix = '' }, index) =>
    Object.keys(variables).flatMap((name) => {
      const at = (message: string) => [problemAtPath(source, ['targets', index, 'variables', name], message, true)];
      const variable = definition.variables.find((candidate) => candidate.name === name);
      if (!variable) {
        const near = nearest(name, names);
        return at(`"${name}" is not a variable of this collection${near ? `; did you mean "${near}"?` : ''}`);
      }
      if (!variable.secret) return [];
      const instead = variable.os === undefined ? '' : `the OS variable ${osPrefix}${variable.os}, or in `;
      return at(
        `"${name}" is a secret, and a matrix file is stored with the code; give it in ${instead}an environment file`,
      );
    }),
  );
}

function placeOf({ file, line, column }: Problem): string {
  return `${file}:${line}:${column}`;
}

/** The definition with other names of OS variables: each begins with `prefix`. */
export function withOsPrefix(definition: Definition, prefix: string): Definition {
  if (prefix === '') return definition;
  // What other programs were given is of one target at most.
  const variables = definition.variables.map(({ osAlso: _, ...variable }) =>
    variable.os === undefined ? variable : { ...variable, os: `${prefix}${variable.os}` },
  );
  return { ...definition, variables };
}
