import { generateKeyPairSync } from 'node:crypto';
import { configuredSigningKey } from '../src/signing-key.js';

describe('the key of LEDGER_SIGNING_KEY', () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const jwk = JSON.stringify(privateKey.export({ format: 'jwk' }));

  test.each([
    ['PEM', pem],
    ['PEM in one line', pem.replaceAll('\n', '\\n')],
    ['JWK', jwk],
  ])('is read as %s', (_, given) => {
    expect(configuredSigningKey({ LEDGER_SIGNING_KEY: given })?.equals(privateKey)).toBe(true);
  });

  test.each([{}, { LEDGER_SIGNING_KEY: ' ' }])('may be left out: %j', (environment) => {
    expect(configuredSigningKey(environment)).toBeNull();
  });

  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  test.each([
    ['text', 'hunter2'],
    ['broken JSON', '{"kty":'],
    ['a public key', JSON.stringify({ ...(JSON.parse(jwk) as object), d: undefined })],
    ['a key of another kind', String(ec.export({ type: 'pkcs8', format: 'pem' }))],
  ])('is refused as %s, without a word of what it was', (_, given) => {
    const use = (): unknown => configuredSigningKey({ LEDGER_SIGNING_KEY: given });
    expect(use).toThrow('LEDGER_SIGNING_KEY is no Ed25519 private key');
    expect(use).not.toThrow(given);
  });
});
