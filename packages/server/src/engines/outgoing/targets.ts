import { lookup as resolve } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';

/**
 * Which addresses beyond the public internet hooks and webhooks may call: none (`false`), all but those of the link
 * (`true`), or the given addresses, CIDR ranges and range names (`loopback`, `linklocal`, `uniquelocal`).
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
/** Where clouds hand out the credentials of a machine: nothing of an app is ever there. */
const LINK_LOCAL = ['169.254.0.0/16', 'fe80::/10'];
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
  '::/128',
  '64:ff9b::/96',
  'ff00::/8',
];

export function allowedTargets(allowed: PrivateTargets): Targets {
  const isPrivate = within([...LOOPBACK, ...LINK_LOCAL, ...UNIQUE_LOCAL, ...SPECIAL]);
  const isOfTheLink = within(LINK_LOCAL);
  const isListed = typeof allowed === 'boolean' ? undefined : within(allowed);
  return (address) => {
    if (!isPrivate(address)) return true;
    return isListed === undefined ? allowed === true && !isOfTheLink(address) : isListed(address);
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

function within(ranges: readonly string[]): Targets {
  const list = new BlockList();
  for (const range of ranges.flatMap((name) => NAMES[name] ?? [name])) {
    const [address = '', bits] = range.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
