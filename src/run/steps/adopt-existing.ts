import { setTimeout as sleep } from 'node:timers/promises';
import { variableNamed } from '../../compile/scripts/planned-checks.ts';
import type { Step } from '../../definition/definition.ts';
import { valueText } from '../../environment/scope.ts';
import { valuesOf } from '../engine/state.ts';
import { adopt } from '../judge/adopt.ts';
import { diagnose, noEvidence } from '../judge/diagnose.ts';
import type { StepResult } from '../result/result.ts';
import { findByName } from '../transport/look-up.ts';
import { creationOf, settleCreation, valuesAt } from './creations.ts';
import { learnState, policyOf, type Session, serviceRequest } from './session.ts';
import { withValues } from './start-state.ts';

/**
 * Looks for what a lost answer may have created, a few times, and adopts it. `lost` is the result of the attempt whose answer was
 * lost.
 */
export async function adoptExisting(
  session: Session,
  step: Step,
  lost: StepResult,
): Promise<StepResult | 'absent' | 'unknown'> {
  const creation = creationOf(session, step);
  const { find } = step.creates ?? {};
  if (!creation || !find) return 'unknown';
  const { attempts, baseDelay } = policyOf(session, step);
  for (let attempt = 1; ; attempt += 1) {
    const values = { ...valuesAt(session, creation), ...tokenValue(session) };
    const found = await findByName(find, creation.name, serviceRequest(session, values));
    if (found.kind === 'absent') {
      creation.state = 'absent';
      return 'absent';
    }
    if (found.kind === 'found') return adoptItem(session, step, lost, found.item, values);
    if (attempt >= attempts || session.signal.aborted) return 'unknown';
    await sleep(baseDelay * 2 ** (attempt - 1), undefined, { signal: session.signal }).catch(() => {});
  }
}

function adoptItem(
  session: Session,
  step: Step,
  lost: StepResult,
  item: unknown,
  values: Readonly<Record<string, string>>,
): StepResult {
  const { definition } = session;
  const adopted = adopt(step, definition, item, withValues(session.state, definition, values));
  session.state = adopted.state;
  learnState(session, session.state);
  const creation = creationOf(session, step);
  const id = adopted.captures.find(({ variable }) => variable === step.creates?.id)?.value;
  if (creation) settleCreation(session, creation, { state: 'present', id: valueText(id) });
  const captures = adopted.captures.map(({ variable, value }) => {
    const isSecret = variableNamed(definition, variable)?.secret === true;
    return { variable, ...(!isSecret && { value: valueText(value) }) };
  });
  const { reason: _, response: __, ...base } = lost;
  const passed = adopted.checks.every((check) => check.status === 'passed');
  return {
    ...base,
    status: passed ? 'passed' : 'failed',
    checks: adopted.checks,
    captures,
    notes: [...lost.notes, 'response lost; found it by its name and adopted it'],
    diagnoses: passed ? [] : diagnose(step, definition, { ...noEvidence, checks: adopted.checks }),
    adopted: true,
  };
}

function tokenValue({ tokenStep, state }: Session): Record<string, string> {
  return tokenStep ? { [tokenStep.variable]: valuesOf(state)[tokenStep.variable] ?? '' } : {};
}
