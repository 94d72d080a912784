import { type Static, Type } from 'typebox';
import { closed, patternedText, reference, text } from '../../validation/texts.ts';
import { validatorOf } from '../../validation/validator.ts';

/** Letters, marks, spaces, symbols, numbers and punctuation: PingOne's pattern for usernames and most names. */
const anyText = '^[\\p{L}\\p{M}\\p{Zs}\\p{S}\\p{N}\\p{P}]*$';
/** The narrower pattern of family and formatted names. */
const personalName = "^[\\p{L}\\p{M}\\p{N}' .-]*$";

const plain = Type.Optional(patternedText(256, anyText));
const phone = Type.Optional(Type.String({ maxLength: 32, pattern: '\\d' }));

const attributes = {
  email: Type.Optional(Type.String({ format: 'email' })),
  name: Type.Optional(
    Type.Object(
      {
        given: plain,
        middle: plain,
        family: Type.Optional(patternedText(256, personalName)),
        formatted: Type.Optional(patternedText(256, personalName)),
      },
      closed,
    ),
  ),
  nickname: plain,
  title: plain,
  type: plain,
  locale: plain,
  mobilePhone: phone,
  primaryPhone: phone,
  externalId: Type.Optional(text(1024)),
  address: Type.Optional(
    Type.Object(
      {
        countryCode: Type.Optional(Type.String({ pattern: '^[A-Z]{2}$' })),
        locality: Type.Optional(text(256)),
        region: Type.Optional(text(256)),
        streetAddress: Type.Optional(text(256)),
        postalCode: Type.Optional(text(40)),
      },
      closed,
    ),
  ),
  timezone: Type.Optional(Type.String({ pattern: '^\\w+\\/\\w+$' })),
};

const username = Type.String({ format: 'not-blank', maxLength: 128, pattern: anyText });

const creation = Type.Object(
  {
    username,
    ...attributes,
    population: Type.Optional(reference),
    mfaEnabled: Type.Optional(Type.Boolean()),
    password: Type.Optional(Type.Object({ value: text(), forceChange: Type.Optional(Type.Boolean()) }, closed)),
  },
  closed,
);
const replacement = Type.Object({ username, ...attributes }, closed);
const change = Type.Object({ username: Type.Optional(username), ...attributes }, closed);

export type UserCreation = Static<typeof creation>;

/** Body of POST. */
export const userCreation = validatorOf(creation);
/** Body of PUT. The population is not among it: the simulator takes it as read-only there (inferred). */
export const userReplacement = validatorOf(replacement);
/** Body of PATCH: only what is to change. */
export const userChange = validatorOf(change);
