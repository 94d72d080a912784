import type { JsonObject } from '../../json.ts';
import { derivedId } from '../../state/build.ts';
import type { BillOfMaterials } from '../../state/model.ts';
import type { BillOfMaterialsInput } from './environment-input.ts';

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
