/** Where a request came from: the address of its connection, and the network prefix that may be kept on record. */
import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { z } from 'zod';

/** What the Node.js server passes with each request; other ways to call the app pass nothing. */
const connection = z.object({
  incoming: z.object({ socket: z.object({ remoteAddress: z.string() }) }),
  proxies: z.instanceof(BlockList).optional(),
});

/** The part of a request's context that says where it came from. */
interface Asked {
  readonly env: unknown;
  readonly req: { header(name: string): string | undefined };
}

const FORWARDED_MOST = 20;

/** Our own reverse proxies, by address or network. */
export function trustedProxies(list: readonly string[]): BlockList {
  const known = new BlockList();
  for (const one of list) {
    const [address = '', prefix] = one.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    if (prefix === undefined) known.addAddress(address, family);
    else known.addSubnet(address, Number(prefix), family);
  }
  return known;
}

const plain = (address: string): string => address.trim().replace(/^::ffff:/i, '');

function isOurs(proxies: BlockList, address: string): boolean {
  if (isIPv4(address)) return proxies.check(address, 'ipv4');
  return isIPv6(address) && proxies.check(address, 'ipv6');
}

/**
 * The address that asks: the other end of the connection, or what our own proxies say was at theirs. Read from the end
 * of X-Forwarded-For, because what stands before the first address that is not ours was written by the caller.
 * Undefined where there is no connection.
 */
export function addressOf(c: Asked): string | undefined {
  const parsed = connection.safeParse(c.env);
  if (!parsed.success) return undefined;
  const { incoming, proxies } = parsed.data;
  let address = plain(incoming.socket.remoteAddress);
  if (proxies === undefined) return address;
  const hops = (c.req.header('X-Forwarded-For') ?? '').split(',').slice(-FORWARDED_MOST);
  while (isOurs(proxies, address)) {
    const before = plain(hops.pop() ?? '');
    if (!isIPv4(before) && !isIPv6(before)) break;
    address = before;
  }
  return address;
}

/** Eight groups of an IPv6 address, `::` written out. */
function groupsOf(address: string): string[] {
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  if (tail === undefined) return before;
  const after = tail === '' ? [] : tail.split(':');
  return [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
}

/**
 * The network an address lies in, `203.0.113.0/24` or `2001:db8:1::/48`: enough to say from where, too little to say
 * who. Undefined for what is no address.
 */
export function networkOf(address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  if (isIPv4(address)) return `${address.split('.').slice(0, 3).join('.')}.0/24`;
  const [bare = ''] = address.split('%');
  if (!isIPv6(bare)) return undefined;
  return `${groupsOf(bare.toLowerCase()).slice(0, 3).join(':')}::/48`;
}

/** Networks of which everybody has one of their own: an address in them says nothing of where somebody is. */
const PRIVATE = trustedProxies([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '::1',
  'fc00::/7',
  'fe80::/10',
]);

/** True for an address by which somebody is reached from the whole internet. */
export const isPublicAddress = (address: string): boolean =>
  (isIPv4(address) || isIPv6(address)) && !isOurs(PRIVATE, address);
