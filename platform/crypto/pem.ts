/**
 * The PEM text form (RFC 7468) of keys, certificates, requests and revocation lists.
 */
import { CryptoError } from './errors.ts';

/** `der` between BEGIN and END lines of `label`, 64 characters a line. */
export function toPem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/** Every block of `label` in `text`, in order. */
export function allFromPem(label: string, text: string): Buffer[] {
  const block = new RegExp(
    `-----BEGIN ${label}-----([A-Za-z0-9+/=\\s]+)-----END ${label}-----`,
    'g',
  );
  return Array.from(text.matchAll(block), (found) => Buffer.from(found[1] ?? '', 'base64'));
}

/** The first block of `label` in `text`. @throws CryptoError ENCODING_INVALID */
export function fromPem(label: string, text: string): Buffer {
  const [first] = allFromPem(label, text);
  if (first === undefined) throw new CryptoError('ENCODING_INVALID', `No PEM block "${label}".`);
  return first;
}
