import type { Definition, Step } from '../../definition/definition.ts';
import type { State } from '../engine/state.ts';
import { type Judgement, judgeBody } from './judge.ts';

/**
 * Adopts what a look-up found, in the place of the answer that was lost: it is judged as the body of that answer. There is no check of
 * a status, since there was none. What only a script would set stays as it was; `unknown` names it.
 *
 * @param item What was found, as parsed JSON.
 * @param state The variables with which the request was sent.
 */
export function adopt(step: Step, definition: Definition, item: unknown, state: State): Judgement {
  return judgeBody(step, definition, item, state);
}
