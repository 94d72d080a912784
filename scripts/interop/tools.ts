import { brunoTool } from './bruno.ts';
import { newmanTools } from './newman.ts';
import { ownTool } from './own.ts';
import { postmanCli, postmanCliOnOurV3, postmanCliOnV3 } from './postman-cli.ts';
import { respectTool } from './respect.ts';
import type { InteropTool } from './verdict.ts';

/** Every tool, in the order of the table. A new one is a file that exports an `InteropTool`, and a place here. */
export const interopTools: readonly InteropTool[] = [
  ownTool,
  ...newmanTools,
  postmanCli,
  postmanCliOnV3,
  postmanCliOnOurV3,
  brunoTool,
  respectTool,
];
