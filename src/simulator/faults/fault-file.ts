import { checkedValue, readConfigFile } from '../config-file.ts';
import { type FaultPlan, faultPlanSchema } from './fault.ts';

/** Reads faults from YAML or JSON: `{ seed, faults }`. Throws a `SimulatorFileError` that names every problem. */
export function readFaults(text: string, name: string): FaultPlan {
  return readConfigFile(text, name, faultPlanSchema) as FaultPlan;
}

/** The plan as it is. Throws a `SimulatorFileError` that names every problem. */
export function checkedPlan(plan: FaultPlan): FaultPlan {
  return plan.faults.length === 0 ? plan : (checkedValue(plan, faultPlanSchema) as FaultPlan);
}
