/** Tells a JPEG or PNG image by its first bytes, because a stated type proves nothing. */

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const JPEG = Buffer.from([0xff, 0xd8, 0xff]);

const startsWith = (bytes: Buffer, first: Buffer): boolean =>
  bytes.subarray(0, first.length).equals(first);

/** The file extension of an image that is what its media type says, else null. */
export function imageExtension(mediaType: string, bytes: Buffer): 'jpg' | 'png' | null {
  if (mediaType === 'image/jpeg' && startsWith(bytes, JPEG)) return 'jpg';
  if (mediaType === 'image/png' && startsWith(bytes, PNG)) return 'png';
  return null;
}
