import { checkedValue, readConfigFile } from '../config-file.ts';
import { type Fault, type FaultPlan, faultPlanSchema, faultSchema } from './fault.ts';

/** Reads faults from YAML or JSON: `{ seed, faults }`. Throws a `SimulatorFileError` that names every problem. */
export function readFaults(text: string, name: string): FaultPlan {
  return readConfigFile(text, name, faultPlanSchema) as FaultPlan;
}

/** Reads one fault from YAML or JSON. Throws a `SimulatorFileError` that names every problem. */
export function readFault(text: string, name: string): Fault {
  return readConfigFile(text, name, faultSchema) as Fault;
}

/** The plan as it is. Throws a `SimulatorFileError` that names every problem. */
export function checkedPlan(plan: FaultPlan): FaultPlan {
  return plan.faults.length === 0 ? plan : (checkedValue(plan, faultPlanSchema) as FaultPlan);
}
