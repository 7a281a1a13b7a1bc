/** Who may use the operator's side: processes of this machine, told by the peer of the socket, never by a header. */

/** True for 127.0.0.0/8 and ::1, also when an IPv4 peer is written as an IPv6 address. */
export function isLoopback(address: string | undefined): boolean {
  const plain = (address ?? '').replace(/^::ffff:/, '');
  return plain === '::1' || /^127(?:\.\d{1,3}){3}$/.test(plain);
}
