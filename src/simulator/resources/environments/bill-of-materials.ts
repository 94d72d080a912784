import { environmentReaders, ownEnvironment, productWriters } from '../../authorization/access.ts';
import { readBody } from '../../http/body.ts';
import { type Answer, type AuthorizedCall, ok, platformRoute, type Route, timestamp } from '../../http/call.ts';
import { links } from '../../http/origin.ts';
import type { JsonObject } from '../../json.ts';
import { derivedId } from '../../state/build.ts';
import type { BillOfMaterials, Environment } from '../../state/model.ts';
import { billOfMaterialsBody, environmentPath } from './environment-body.ts';
import { type BillOfMaterialsInput, billOfMaterialsInput } from './environment-input.ts';

const path = '/environments/:environmentId/billOfMaterials';

/** What products an environment has: a resource of its own. */
export const billOfMaterialsRoutes: readonly Route[] = [
  platformRoute('GET', path, readBillOfMaterials),
  platformRoute('PUT', path, replaceBillOfMaterials),
];

function readBillOfMaterials(call: AuthorizedCall): Answer {
  return answer(call, ownEnvironment(call, environmentReaders));
}

async function replaceBillOfMaterials(call: AuthorizedCall): Promise<Answer> {
  ownEnvironment(call, productWriters);
  const input = await readBody(call, billOfMaterialsInput);
  const environment = ownEnvironment(call, productWriters);
  const replaced = { ...environment, billOfMaterials: replacedBill(environment, timestamp(call), input) };
  call.world.state.environments.set(environment.id, replaced);
  return answer(call, replaced);
}

function answer(call: AuthorizedCall, { id, billOfMaterials }: Environment): Answer {
  const environment = environmentPath(id);
  return ok({
    _links: links(call.origin, { self: `${environment}/billOfMaterials`, environment }),
    ...billOfMaterialsBody(billOfMaterials),
  });
}

/** The bill of an environment after a change; when it was created stays. */
export function replacedBill(environment: Environment, now: string, input: BillOfMaterialsInput): BillOfMaterials {
  const { createdAt } = environment.billOfMaterials;
  return { ...billOfMaterialsOf(environment.id, now, input), createdAt };
}

/** Products of an environment that names none, as in the documented example. */
const standardProducts: Readonly<Record<string, string>> = {
  PING_ONE_BASE: 'PingOne Base',
  PING_ONE_MFA: 'PingOne MFA',
  PING_ONE_RISK: 'PingOne Risk',
  PING_ONE_PROVISIONING: 'PingOne Provisioning',
  PING_ONE_VERIFY: 'PingOne Verify',
  PING_ONE_AUTHORIZE: 'PingOne Authorize',
  PING_ONE_DAVINCI: 'PingOne DaVinci',
};

/** The bill of materials of an environment: what its creator asked for, or PingOne's seven products. */
export function billOfMaterialsOf(
  environmentId: string,
  now: string,
  input: BillOfMaterialsInput | undefined,
): BillOfMaterials {
  const wanted = input?.products ?? Object.keys(standardProducts).map((type) => ({ type }));
  const products = wanted.map(
    (product, index): JsonObject => ({
      id: derivedId(environmentId, `product ${index}`),
      description: standardProducts[product.type] ?? product.type,
      ...product,
    }),
  );
  return {
    products: products.map(({ id, type, description, ...rest }) => ({ id, type, description, ...rest })),
    ...(input?.solutionType === undefined ? {} : { solutionType: input.solutionType }),
    createdAt: now,
    updatedAt: now,
  };
}
