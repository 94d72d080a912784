import { stringify } from 'yaml';

/** YAML as compiled files have it: texts of several lines as blocks, no anchors, and a comment that says where it comes from. */
export function yamlText(value: unknown, comment: string): string {
  const yaml = stringify(value, {
    aliasDuplicateObjects: false,
    compat: 'yaml-1.1',
    lineWidth: 120,
    blockQuote: 'literal',
  });
  return `# ${comment}\n${yaml}`;
}
