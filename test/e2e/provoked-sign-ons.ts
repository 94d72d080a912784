import { type Simulator, seedApps, signOnCredentials } from '../../src/simulator/index.ts';
import { beginFlow, createApplication, submit } from '../simulator/sign-on.ts';
import { setPassword, signIn } from '../simulator/support.ts';
import { type Answer, elsewhere, type Provoked } from './provoked-failures.ts';

const { envID, sharedUserID } = signOnCredentials;
const user = `/v1/environments/${envID}/users/${sharedUserID}`;
const administrator = (simulator: Simulator) => signIn(simulator, seedApps.administrator);

const authorize = /\/as\/authorize$/;
const flows = /\/flows\//;
const resume = /\/as\/resume$/;
const exchange = new RegExp(`${envID}/as/token$`);

const answer = (
  at: RegExp,
  status: number,
  body?: unknown,
  headers?: Answer['headers'],
): Pick<Provoked, 'answers'> => ({
  answers: [{ at, status, ...(body !== undefined && { body }), ...(headers && { headers }) }],
});
const error = (status: number, code: string, detail?: object, message = 'On request.') =>
  [status, { id: elsewhere, code, message, ...(detail && { details: [{ message: '', ...detail }] }) }] as const;
/** A flow in this state. */
const flow = (status: string, more: object = {}) => [200, { id: elsewhere, status, ...more }] as const;
const failed = (code: string) => flow('FAILED', { error: { code, message: 'It failed.' } });
const oauth = (status: number, code: string, description: string) =>
  [status, { error: code, error_description: description }] as const;
const signOnPage = (query: string) =>
  [302, {}, { Location: `https://apps.pingone.com/${envID}/signon/?${query}` }] as const;

const factor = 'The password is right; the sign-on policy asks for a second factor';
const cookie = 'The cookie ST of the authorize request is missing or not the one of this flow. No access token';

/** Failures of the steps of "Create an SSO workflow". */
export const provokedSignOns: readonly Provoked[] = [
  {
    step: 2,
    what: 'a redirect URI that is not local and not https',
    ...answer(/applications$/, ...error(400, 'INVALID_DATA', { code: 'INVALID_VALUE', target: 'redirectUris' })),
    cause: 'PingOne does not accept the redirect URI',
  },
  {
    step: 2,
    what: 'a redirect URI with a wildcard',
    ...answer(/applications$/, ...error(400, 'INVALID_DATA', undefined, 'Wildcards are not allowed in redirect URIs.')),
    cause: 'The redirect URI holds a wildcard',
  },
  {
    step: 2,
    what: 'an application name that is taken',
    ...answer(/applications$/, ...error(400, 'INVALID_DATA', { code: 'UNIQUENESS_VIOLATION', target: 'name' })),
    cause: 'The environment already has an application of this name',
  },
  {
    step: 2,
    what: 'an environment that is not there',
    values: { envID: elsewhere },
    cause: 'The Worker application may not create applications in this environment, or envID is no environment',
  },
  {
    step: 3,
    what: 'an application that cannot be found',
    ...answer(/\/secret$/, ...error(404, 'NOT_FOUND')),
    cause: 'The application does not exist in this environment',
  },
  {
    step: 3,
    what: 'a secret that may not be read',
    ...answer(/\/secret$/, ...error(403, 'ACCESS_FAILED', { code: 'INSUFFICIENT_PERMISSIONS' })),
    cause: 'The Worker application may not read the secrets of applications',
  },
  {
    step: 4,
    what: 'a redirect URI that is not the application’s',
    edits: { '4-send-authorize-request.yaml': ['redirect_uri={{redirectUri}}', 'redirect_uri={{redirectUri}}/other'] },
    cause: "redirect_uri is not one of the application's redirect URIs",
  },
  {
    step: 4,
    what: 'a client that is not there',
    edits: { '4-send-authorize-request.yaml': ['client_id={{sharedWebAppID}}', `client_id=${elsewhere}`] },
    cause: 'The application does not exist in this environment',
  },
  {
    step: 4,
    what: 'a disabled application',
    edits: {
      '2-create-web-application.yaml': ['enabled: true', 'enabled: false'],
    },
    cause: 'The application is disabled',
  },
  {
    step: 4,
    what: 'a scope that the application may not have',
    edits: { '4-send-authorize-request.yaml': ['scope=openid', 'scope=p1:read:user'] },
    cause: 'The scope is missing, or the application may not have it',
  },
  {
    step: 4,
    what: 'a response mode that redirects',
    edits: { '4-send-authorize-request.yaml': ['response_mode=pi.flow"', 'response_mode=query"'] },
    cause: 'The response mode is not one that answers with a flow',
  },
  {
    step: 4,
    what: 'a sign-on that nobody may be asked for',
    ...answer(authorize, 200, { environment: { id: envID }, error: { code: 'login_required', message: 'An issue.' } }),
    cause: 'PingOne began no sign-on, since the user is not signed on',
  },
  {
    step: 4,
    what: 'an error in place of a flow',
    ...answer(authorize, 200, { environment: { id: envID }, error: { code: 'POLICY_GONE', message: 'An issue.' } }),
    cause: 'PingOne began no sign-on and reports an error instead',
  },
  {
    step: 4,
    what: 'a user without a device, told at once',
    ...answer(authorize, ...failed('NO_USABLE_DEVICES')),
    cause: 'The sign-on policy asks for a second factor, and the user has no device',
  },
  {
    step: 4,
    what: 'a sign-on page with an error',
    ...answer(authorize, ...signOnPage('error=INVALID_REQUEST')),
    cause: 'PingOne refuses the request and redirects to its sign-on page',
  },
  {
    step: 4,
    what: 'a sign-on page that finds another redirect URI',
    ...answer(authorize, ...signOnPage('error=INVALID_DATA&error_description=Redirect%20URI%20mismatch')),
    cause: "redirect_uri is not one of the application's redirect URIs",
  },
  {
    step: 4,
    what: 'a sign-on page in place of a flow',
    ...answer(authorize, ...signOnPage(`flowId=${elsewhere}`)),
    cause: 'PingOne redirects to a page, so the response mode was not understood',
  },
  {
    step: 4,
    what: 'a sign-on that is remembered',
    ...answer(authorize, ...flow('COMPLETED')),
    cause: 'A sign-on from before is remembered',
  },
  {
    step: 4,
    what: 'a policy that asks for the user first',
    ...answer(authorize, ...flow('SIGN_ON_REQUIRED')),
    cause: 'The sign-on policy of the application begins with something else',
  },
  {
    step: 4,
    what: 'a policy that asks for a code at once',
    ...answer(authorize, ...flow('OTP_REQUIRED')),
    cause: 'The sign-on policy of the application asks for a second factor at once',
  },
  {
    step: 5,
    what: 'a wrong password',
    values: { userPassword: 'Not-the-password-1' },
    cause: 'The password, or the user name, is wrong',
  },
  {
    step: 5,
    what: 'a wrong password, by its newer name',
    ...answer(flows, ...error(400, 'INVALID_DATA', { code: 'INVALID_CREDENTIALS' })),
    cause: 'The password, or the user name, is wrong',
  },
  {
    step: 5,
    what: 'a user who is locked out',
    before: async (simulator) => {
      const client = await administrator(simulator);
      const begun = await beginFlow(client, await createApplication(client));
      for (let n = 0; n < 5; n += 1) await submit(client, begun, { password: 'wrong' });
    },
    cause: 'The user is locked out',
  },
  {
    step: 5,
    what: 'a user who is locked out, told with 200',
    ...answer(flows, ...failed('PASSWORD_LOCKED_OUT')),
    cause: 'The user is locked out',
  },
  {
    step: 5,
    what: 'a user who is locked out, told in a detail',
    ...answer(flows, ...error(400, 'REQUEST_FAILED', { code: 'PASSWORD_LOCKED_OUT' })),
    cause: 'The user is locked out',
  },
  {
    step: 5,
    what: 'a user without a device',
    ...answer(flows, ...failed('NO_USABLE_DEVICES')),
    cause: 'The password is right, but the sign-on policy asks for a second factor, and the user has no device',
  },
  {
    step: 5,
    what: 'a user without a device, told with 400',
    ...answer(flows, ...error(400, 'REQUEST_FAILED', { code: 'NO_USABLE_DEVICES' })),
    cause: 'The password is right, but the sign-on policy asks for a second factor, and the user has no device',
  },
  {
    step: 5,
    what: 'a flow that failed for another reason',
    ...answer(flows, ...failed('AGREEMENT_DECLINED')),
    cause: 'The flow has failed; the code and the message above say why',
  },
  {
    step: 5,
    what: 'a flow that failed for no reason',
    ...answer(flows, ...flow('FAILED')),
    cause: 'The flow has failed, and PingOne does not say why',
  },
  {
    step: 5,
    what: 'a disabled user',
    before: async (simulator) =>
      (await administrator(simulator)).send('PUT', `${user}/enabled`, { body: { enabled: false } }),
    cause: 'The user is disabled',
  },
  {
    step: 5,
    what: 'a password that must be changed',
    values: { userPassword: 'Kn0t-so-weak!' },
    before: async (simulator) =>
      setPassword(await administrator(simulator), user, { value: 'Kn0t-so-weak!', forceChange: true }),
    cause: 'The password is right, but the user must change it',
  },
  {
    step: 5,
    what: 'a password that has expired',
    ...answer(flows, ...flow('PASSWORD_EXPIRED')),
    cause: 'The password is right, but it has expired',
  },
  { step: 5, what: 'a code that is asked for', ...answer(flows, ...flow('OTP_REQUIRED')), cause: factor },
  {
    step: 5,
    what: 'a device that is to be chosen',
    ...answer(flows, ...flow('DEVICE_SELECTION_REQUIRED')),
    cause: factor,
  },
  {
    step: 5,
    what: 'an address that is not verified',
    ...answer(flows, ...flow('VERIFICATION_CODE_REQUIRED')),
    cause: "The password is right, but the user's e-mail address has to be verified",
  },
  {
    step: 5,
    what: 'a state that is new',
    ...answer(flows, ...flow('AGREEMENT_CONSENT_REQUIRED')),
    cause: 'The password is right, but the sign-on is not finished',
  },
  {
    step: 5,
    what: 'a flow without its cookie',
    ...answer(flows, ...error(401, 'ACCESS_FAILED', { code: 'INVALID_TOKEN', target: 'Authentication Credentials' })),
    cause: cookie,
  },
  {
    step: 5,
    what: 'a flow that is not known any more',
    ...answer(flows, ...error(404, 'NOT_FOUND')),
    cause: 'PingOne does not know the flow (any more)',
  },
  {
    step: 5,
    what: 'another content type',
    edits: {
      '5-submit-credentials.yaml': [
        'value: application/vnd.pingidentity.usernamePassword.check+json',
        'value: application/json',
      ],
    },
    cause: 'The Content-Type header is not the one that checks a password',
  },
  {
    step: 6,
    what: 'a resumed flow without its cookie',
    ...answer(resume, ...error(401, 'ACCESS_FAILED', { code: 'INVALID_TOKEN' })),
    cause: cookie,
  },
  {
    step: 6,
    what: 'a resumed flow that has failed',
    ...answer(resume, ...failed('SESSION_GONE')),
    cause: 'The flow has failed; the code and the message above say why',
  },
  {
    step: 6,
    what: 'a resumed flow that ends in a redirect with an error',
    ...answer(resume, 302, {}, { Location: 'http://localhost:3000/callback?error=access_denied' }),
    cause: 'PingOne ends the flow and redirects with an error',
  },
  {
    step: 6,
    what: 'a resumed flow that redirects',
    ...answer(resume, 302, {}, { Location: 'http://localhost:3000/callback?code=a-code' }),
    cause: 'PingOne redirects with the code',
  },
  {
    step: 6,
    what: 'a flow without a code',
    ...answer(resume, ...flow('COMPLETED')),
    cause: 'The response holds no authorization code',
  },
  {
    step: 7,
    what: 'another redirect URI at the exchange',
    edits: { '7-get-tokens.yaml': ['redirect_uri: "{{redirectUri}}"', 'redirect_uri: "{{redirectUri}}/other"'] },
    cause: 'redirect_uri is not the one of the authorize request',
  },
  {
    step: 7,
    what: 'a code that was used already',
    ...answer(exchange, ...oauth(400, 'invalid_grant', 'Request denied: The code is not valid')),
    cause: 'The authorization code was used already, or it is too old',
  },
  {
    step: 7,
    what: 'a wrong secret of the application',
    edits: { '7-get-tokens.yaml': ['password: "{{sharedWebAppSecret}}"', 'password: "{{sharedWebAppSecret}}x"'] },
    cause: 'sharedWebAppID or sharedWebAppSecret is not that of the application',
  },
  {
    step: 7,
    what: 'an application with another authentication method',
    edits: {
      '2-create-web-application.yaml': [
        'tokenEndpointAuthMethod: CLIENT_SECRET_BASIC\n      redirect',
        'tokenEndpointAuthMethod: CLIENT_SECRET_POST\n      redirect',
      ],
    },
    cause: 'The application does not accept its secret as Basic authentication',
  },
  {
    step: 7,
    what: 'an application that was disabled meanwhile',
    ...answer(exchange, ...oauth(401, 'invalid_client', 'Request denied: Client is disabled')),
    cause: 'The application is disabled',
  },
  {
    step: 7,
    what: 'another user than expected',
    values: { sharedUserID: elsewhere },
    cause: 'The ID token is not one for this application and this user',
  },
];
