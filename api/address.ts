/** Where a request came from: the address of its connection, and the network prefix that may be kept on record. */
import { isIPv4, isIPv6 } from 'node:net';
import { z } from 'zod';
import type { AppContext } from './deps.ts';

/** What the Node.js server passes with each request; other ways to call the app pass nothing. */
const connection = z.object({
  incoming: z.object({ socket: z.object({ remoteAddress: z.string() }) }),
});

/** The address at the other end of the connection, or undefined where there is no connection. */
export function addressOf(c: Pick<AppContext, 'env'>): string | undefined {
  const parsed = connection.safeParse(c.env);
  return parsed.success
    ? parsed.data.incoming.socket.remoteAddress.replace(/^::ffff:/i, '')
    : undefined;
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
