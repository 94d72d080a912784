import { copyCollection } from '../e2e/support.ts';

/**
 * A copy of the collection in `folder` whose scripts and requests give away every secret they can: to the console, to checks,
 * to public variables, to addresses and headers, to errors; and surround them with what steers terminals and logs.
 */
export function hostileCollection(folder: string): Promise<string> {
  return copyCollection(folder, {
    'collection.yaml': [
      '  accessToken:\n',
      `  innerSecret:
    description: A secret in another.
    required: true
    secret: true
  outerSecret:
    description: A secret that holds another.
    secret: true
    value: "outer-{{innerSecret}}-rim"
  carrier:
    description: A public variable that refers to a secret.
    value: "carries-{{outerSecret}}"
  publicCopy:
    description: A public variable that a script gives secrets.
    value: none
  shortPin:
    description: A secret that is too short to be searched for.
    required: true
    secret: true
  accessToken:
`,
    ],
    '1-get-access-token.yaml': [
      'expect:\n  status: 200\n',
      `scripts:
  prerequest: |
    console.log('client secret ' + pm.environment.get('adminAppSecret'));
    console.log({ adminAppSecret: pm.environment.get('adminAppSecret'), list: [pm.environment.get('innerSecret')] });
  test: |
    console.log(pm.response.text());
    console.log(JSON.stringify({ answer: pm.response.text() }));
expect:
  status: 200
`,
    ],
    '2-read-licenses.yaml': [
      'expect:\n  status: 200\n',
      `scripts:
  prerequest: |
    pm.environment.set('publicCopy', 'copy of ' + pm.variables.replaceIn('{{outerSecret}}') + ' ' + pm.environment.get('adminAppSecret'));
  test: |
    const token = pm.environment.get('accessToken');
    const secret = pm.environment.get('adminAppSecret');
    console.log(token, secret, encodeURIComponent(secret), encodeURI(secret), escape(secret));
    const steer = '\\u001b[41m' + secret + '\\u001b]0;' + token + '\\u0007\\u009b2J\\u202e\\r\\n::warning::' + secret + '\\n##[error]' + token;
    console.log(steer, { [steer]: steer });
    pm.test('a check of ' + steer, () => {});
    console.log('Authorization: Bearer ' + token + '; publicCopy ' + pm.environment.get('publicCopy'));
    const { enc } = require('crypto-js');
    ['', 'x', 'xy'].forEach((before) => console.log(enc.Base64.stringify(enc.Utf8.parse(before + secret + before))));
    console.log(secret.slice(0, 14) + '…', JSON.stringify(JSON.stringify({ secret, token })));
expect:
  status: 200
`,
    ],
    '5-create-user.yaml': [
      '    - { name: Content-Type, value: application/json }\n',
      `    - { name: Content-Type, value: application/json }
    - { name: X-Carrier, value: "{{carrier}} {{publicCopy}}" }
    - { name: X-Pin, value: "{{shortPin}}" }
`,
    ],
    '6-set-user-password.yaml': [
      'expect:\n  status: 200\n',
      `scripts:
  prerequest: |
    console.log('password ' + pm.environment.get('userPassword'));
    pm.environment.set('publicCopy', pm.environment.get('userPassword'));
  test: |
    pm.test('a check that quotes secrets', () => pm.expect(pm.environment.get('adminAppSecret')).to.equal(pm.environment.get('accessToken')));
    pm.test('a check that quotes the password', () => pm.expect({ value: pm.environment.get('userPassword') }).to.eql(pm.environment.get('outerSecret')));
    throw new Error('a script failed with ' + pm.environment.get('userPassword') + ' and ' + pm.variables.replaceIn('{{carrier}}'));
expect:
  status: 200
`,
    ],
  });
}
