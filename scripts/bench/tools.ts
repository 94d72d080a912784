import type { BenchTool } from './tool.ts';
import { bareLoop } from './tools/bare.ts';
import { brunoDeveloper, brunoSafe } from './tools/bruno.ts';
import { httpyac } from './tools/httpyac.ts';
import { newmanLibrary } from './tools/newman.ts';
import { postmanCli } from './tools/postman-cli.ts';
import { respect } from './tools/respect.ts';
import { stepCi } from './tools/step-ci.ts';

/** Other tools, in the order of the table; Newman is the reference. A new one is a file that exports a `BenchTool`, and a place here. */
export const peers: readonly BenchTool[] = [
  newmanLibrary,
  postmanCli,
  brunoSafe,
  brunoDeveloper,
  respect,
  httpyac,
  stepCi,
  bareLoop,
];
