import { lookup, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { promisify } from 'node:util';

/** Why a URL can't be a webhook's, as a sentence; null where it can. */
export type Refusal = string | null;

/**
 * Whether a webhook may have this URL: https to a host with public addresses only, so that nobody sends us into our own
 * network. With `toLoopback`, loopback is allowed too, also over http: for development.
 */
export async function refusalOf(url: string, toLoopback: boolean): Promise<Refusal> {
  const parsed = URL.parse(url);
  if (parsed === null) return `"${url.slice(0, 100)}" is not a URL: give https://host/path`;
  const refusal = refusalOfForm(parsed, toLoopback);
  if (refusal !== null) return refusal;
  const host = hostOf(parsed);
  let addresses: readonly LookupAddress[];
  try {
    addresses = await promisify(lookup)(host, { all: true });
  } catch {
    return `${host} has no address: check the name`;
  }
  const refused = addresses.find(({ address }) => !isAllowed(address, toLoopback));
  return refused ? `${host} is at ${refused.address}, which is not public: use a host on the internet` : null;
}

/** What can be said without asking for addresses. Checked before each attempt too: settings change. */
export function refusalOfForm(url: URL, toLoopback: boolean): Refusal {
  const host = hostOf(url);
  const loopback = toLoopback && isLoopbackHost(host);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback)) return 'the URL must begin with https://';
  if (url.username !== '' || url.password !== '')
    return 'the URL must not have a user or password: the signature proves who sends';
  if (isIP(host) !== 0 && !isAllowed(host, toLoopback)) return `${host} is not a public address`;
  return null;
}

/**
 * Asks for addresses when a connection is made, and refuses those that aren't allowed: the address that was checked is the one
 * that is connected to, whatever the name says a moment later.
 */
export function publicLookup(toLoopback: boolean): LookupFunction {
  return (host, options, done) => {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, '', 0);
      const refused = addresses.find(({ address }) => !isAllowed(address, toLoopback));
      const [first] = addresses;
      if (refused !== undefined || first === undefined)
        return done(new Error(`${host} is at ${refused?.address ?? 'no address'}, which is not public`), '', 0);
      if (options.all === true) done(null, addresses);
      else done(null, first.address, first.family);
    });
  };
}

/** Without the brackets of IPv6. */
const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1');

const isLoopbackHost = (host: string): boolean => host === 'localhost' || loopback.check(host, familyOf(host));

function isAllowed(address: string, toLoopback: boolean): boolean {
  const family = familyOf(address);
  if (toLoopback && loopback.check(address, family)) return true;
  if (family === 'ipv4') return !special.check(address, family);
  return globalUnicast.check(address, family) && !special.check(address, family);
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

function blockList(...subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [network = '', bits = ''] = subnet.split('/');
    list.addSubnet(network, Number(bits), familyOf(network));
  }
  return list;
}

const loopback = blockList('127.0.0.0/8', '::1/128');
/** The only block of IPv6 that the internet uses; addresses that carry one of IPv4 are outside of it or in `special`. */
const globalUnicast = blockList('2000::/3');
/** Special-purpose blocks of the IANA registries (RFC 6890 and its updates). */
const special = blockList(
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
);
