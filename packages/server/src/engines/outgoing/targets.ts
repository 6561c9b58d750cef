import { lookup as resolve } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';

/**
 * Which addresses beyond the public internet hooks and webhooks may call: none (`false`), all but those of the link and
 * of the cloud (`true`), or the given addresses, CIDR ranges and range names (`loopback`, `linklocal`, `uniquelocal`).
 * Those of the link and of the cloud are open only to a range within them: a wider one does not mean them.
 */
export type PrivateTargets = boolean | readonly string[];

/** Whether an address may be called. */
export type Targets = (address: string) => boolean;

/** The address is a private one, and the operator did not allow it. */
export class TargetRefused extends Error {
  override readonly name = 'TargetRefused';

  constructor(host: string) {
    super(`${host} is at a private address. Allow it with PARLEY_PRIVATE_TARGETS if it is yours.`);
  }
}

const LOOPBACK = ['127.0.0.0/8', '::1/128'];
const LINK_LOCAL = ['169.254.0.0/16', 'fe80::/10'];
/** Where clouds hand out the credentials of a machine beside the link: nothing of an app is ever there. */
const CLOUD = [
  // Alibaba, Azure, Oracle
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  // Amazon, Google, Scaleway
  'fd00:ec2::/32',
  'fd20:ce::254',
  'fd00:42::42',
];
const UNIQUE_LOCAL = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'];
const NAMES: Readonly<Record<string, readonly string[]>> = {
  loopback: LOOPBACK,
  linklocal: LINK_LOCAL,
  uniquelocal: UNIQUE_LOCAL,
};
/** The special ranges of RFC 6890 that are no places on the internet. */
const SPECIAL = [
  '0.0.0.0/8',
  '100.64.0.0/10',
  '192.0.0.0/24',
  '198.18.0.0/15',
  '224.0.0.0/3',
  '::/96',
  '64:ff9b:1::/48',
  '2001::/32',
  '2002::/16',
  'ff00::/8',
];
/** Before an IPv4 address it is how hosts without IPv4 call it. */
const NAT64 = '64:ff9b::';

export function allowedTargets(allowed: PrivateTargets): Targets {
  const isPrivate = within([...LOOPBACK, ...LINK_LOCAL, ...CLOUD, ...UNIQUE_LOCAL, ...SPECIAL]);
  const isGuarded = within([...LINK_LOCAL, ...CLOUD]);
  const listed = typeof allowed === 'boolean' ? [] : rangesOf(allowed);
  const isListed = within(listed);
  const isGuardedAndListed = within(listed.filter((range) => isGuarded(startOf(range))));
  return (address) => {
    if (!isPrivate(address)) return true;
    if (isGuarded(address)) return isGuardedAndListed(address);
    return allowed === true || isListed(address);
  };
}

/**
 * Connects to allowed addresses only. It looks at the very address that is connected to: a name that leads to
 * another address a moment later gains nothing.
 */
export function connectTo(targets: Targets): buildConnector.connector {
  const connect = buildConnector({ lookup: guarded(targets) });
  return (options, done) => {
    const host = options.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !targets(host)) done(new TargetRefused(host), null);
    else connect(options, done);
  };
}

function guarded(targets: Targets): LookupFunction {
  return (host, options, done) => {
    resolve(host, { ...options, all: true }, (error, found) => {
      const usable = found?.filter(({ address }) => targets(address)) ?? [];
      const [first] = usable;
      if (error !== null || first === undefined) done(error ?? new TargetRefused(host), '');
      else if (options.all === true) done(null, usable);
      else done(null, first.address, first.family);
    });
  };
}

function rangesOf(given: readonly string[]): readonly string[] {
  return given.flatMap((name) => NAMES[name] ?? [name]);
}

function startOf(range: string): string {
  return range.split('/', 1)[0] ?? '';
}

/** IPv4 addresses count also where they are written as IPv6: mapped ones, which the list knows, and those of NAT64. */
function within(ranges: readonly string[]): Targets {
  const list = new BlockList();
  for (const range of ranges) {
    const [address, bits] = [startOf(range), range.split('/')[1]];
    if (isIP(address) === 6) list.addSubnet(address, Number(bits ?? 128), 'ipv6');
    else {
      list.addSubnet(address, Number(bits ?? 32), 'ipv4');
      list.addSubnet(NAT64 + address, 96 + Number(bits ?? 32), 'ipv6');
    }
  }
  return (address) => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
