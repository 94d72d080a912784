import { stringify } from 'yaml';

/** YAML as compiled files have it: texts of several lines as blocks, no anchors, and a comment that says where it comes from. */
export function yamlText(value: unknown, comment: string): string {
  const options = { aliasDuplicateObjects: false, compat: 'yaml-1.1', lineWidth: 120, blockQuote: 'literal' } as const;
  return `# ${comment}\n${stringify(value, options)}`;
}
