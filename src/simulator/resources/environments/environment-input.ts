import { type Static, Type } from 'typebox';
import { regions } from '../../state/model.ts';
import { closed, description, reference, text } from '../../validation/texts.ts';
import { validatorOf } from '../../validation/validator.ts';

const product = Type.Object(
  {
    type: Type.String({ pattern: '^[A-Z0-9_]+$' }),
    description: Type.Optional(Type.String()),
    console: Type.Optional(Type.Object({ href: Type.String({ format: 'url' }) }, closed)),
    bookmarks: Type.Optional(Type.Array(Type.Object({ name: text(), href: Type.String({ format: 'url' }) }, closed))),
    tags: Type.Optional(Type.Array(text())),
    deployment: Type.Optional(reference),
  },
  closed,
);

const billOfMaterials = Type.Object(
  {
    solutionType: Type.Optional(Type.Enum(['CUSTOMER', 'WORKFORCE'])),
    products: Type.Array(product, { maxItems: 100 }),
  },
  closed,
);

const type = Type.Enum(['PRODUCTION', 'SANDBOX']);

/** Body of PUT …/billOfMaterials. */
export const billOfMaterialsInput = validatorOf(billOfMaterials);

const fields = {
  name: text(),
  description,
  type,
  region: Type.Enum([...regions]),
  icon: Type.Optional(Type.String({ format: 'url' })),
  subtype: Type.Optional(Type.Enum(['DEV', 'QA', 'STAGING', 'TESTING', 'UAT'])),
  billOfMaterials: Type.Optional(billOfMaterials),
};

const environment = Type.Object({ ...fields, license: Type.Optional(reference) }, closed);

export type EnvironmentInput = Static<typeof environment>;
export type BillOfMaterialsInput = Static<typeof billOfMaterials>;

/** Body of POST and PUT of an environment that may do without naming a licence. */
export const environmentInput = validatorOf(environment);

/** Body of POST where the organization has more than one licence (documented). */
export const environmentInputWithLicense = validatorOf(Type.Object({ ...fields, license: reference }, closed));

/** Body of PUT …/type. */
export const typeInput = validatorOf(Type.Object({ type }, closed));

/** Body of PUT …/status. */
export const statusInput = validatorOf(
  Type.Object({ status: Type.Enum(['ACTIVE', 'DELETE_PENDING']), license: Type.Optional(reference) }, closed),
);
