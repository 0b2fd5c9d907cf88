import { createPrivateKey, createPublicKey, generateKeyPairSync, hash, sign, type KeyObject } from 'node:crypto';
import type { ClientBase } from 'pg';

/** Public half of an Ed25519 key (RFC 8037). */
export interface PublicKey {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
}

/** What signs roots. */
export interface SigningKey {
  /** Thumbprint of the public key (RFC 7638). */
  readonly keyId: string;
  readonly publicKey: PublicKey;
  readonly privateKey: KeyObject;
}

/**
 * The key of LEDGER_SIGNING_KEY: an Ed25519 private key as PEM (PKCS #8; line breaks may be written \n) or JWK.
 * @returns null where it isn't set
 * @throws Error when it can't be used; it doesn't show the key
 */
export function configuredSigningKey(environment: Readonly<Record<string, string | undefined>>): KeyObject | null {
  const given = environment['LEDGER_SIGNING_KEY']?.trim() ?? '';
  if (given === '') return null;
  const key = parsed(given);
  if (key?.asymmetricKeyType === 'ed25519') return key;
  throw new Error(
    'LEDGER_SIGNING_KEY is no Ed25519 private key: give one as PEM (openssl genpkey -algorithm ed25519) or JWK, or leave it out to have one made.',
  );
}

function parsed(given: string): KeyObject | undefined {
  try {
    if (!given.startsWith('{')) return createPrivateKey(given.replaceAll('\\n', '\n'));
    return createPrivateKey({ key: JSON.parse(given) as Record<string, string>, format: 'jwk' });
  } catch {
    return undefined;
  }
}

function signingKey(privateKey: KeyObject): SigningKey {
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  const keyId = hash('sha256', JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }), 'base64url');
  return { keyId, publicKey: { kty: 'OKP', crv: 'Ed25519', x }, privateKey };
}

/**
 * The key that signs now: the configured one, else the schema's own, which is made when there is none (who may read the schema
 * could sign with it: where that matters, configure one). Public halves are kept as long as there are signatures. Needs an open
 * transaction.
 */
export async function signingKeyOf(client: ClientBase, configured: KeyObject | null): Promise<SigningKey> {
  if (configured !== null) return await kept(client, signingKey(configured), null);
  // Two processes that start at once make one key.
  await client.query('LOCK TABLE settlement.signing_keys IN SHARE ROW EXCLUSIVE MODE');
  const { rows } = await client.query<{ private_key: string }>(
    'SELECT private_key FROM settlement.signing_keys WHERE private_key IS NOT NULL ORDER BY added DESC LIMIT 1',
  );
  const [own] = rows;
  if (own !== undefined) return signingKey(createPrivateKey(own.private_key));
  const { privateKey } = generateKeyPairSync('ed25519');
  return await kept(client, signingKey(privateKey), String(privateKey.export({ type: 'pkcs8', format: 'pem' })));
}

async function kept(client: ClientBase, key: SigningKey, privateKey: string | null): Promise<SigningKey> {
  await client.query(
    `INSERT INTO settlement.signing_keys (key_id, public_key, private_key) VALUES ($1, $2, $3)
       ON CONFLICT (key_id) DO NOTHING`,
    [key.keyId, key.publicKey, privateKey],
  );
  return key;
}

/** What of a day is signed. */
export interface RootOfDay {
  /** Such as 2024-03-01. */
  readonly day: string;
  readonly tree: Buffer;
  readonly previous: Buffer;
  readonly root: Buffer;
}

/** A root as a compact JWS (RFC 7515, EdDSA): any library verifies it by the key that `/keys` shows under its `kid`. */
export function signedRoot({ keyId, privateKey }: SigningKey, { day, tree, previous, root }: RootOfDay): string {
  const header = { alg: 'EdDSA', kid: keyId, typ: 'ledger-root' };
  const said = { day, tree: tree.toString('hex'), previous: previous.toString('hex'), root: root.toString('hex') };
  const signed = [header, said].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`;
}
