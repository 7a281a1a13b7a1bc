/** Opens an uploaded picture safely: its kind, size and pixels are read from its header before anything is unpacked. */
import { createCanvas, loadImage } from '@napi-rs/canvas';

/** A picture in colour, four bytes a pixel: red, green, blue, and opaque. */
export interface Colour {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** `NOT_A_PICTURE`: neither JPEG nor PNG, or broken. `TOO_LARGE`: bytes or pixels past the limit. `TOO_SMALL`: unreadable at any rate. */
export type PictureFault = 'NOT_A_PICTURE' | 'TOO_LARGE' | 'TOO_SMALL';

export const PICTURE_LIMITS = {
  bytes: 8 * 1024 * 1024,
  /** A phone's 12 megapixels and some more; 64 MB once unpacked. */
  pixels: 16_000_000,
  /** Of the longer side; a card below this has letters of ten pixels. */
  side: 480,
} as const;

/** Longer side at which a picture is worked on: letters of a card that fills half of it are 30 pixels high. */
const WORKING_SIDE = 2000;

export interface Dimensions {
  readonly width: number;
  readonly height: number;
}

const PNG_HEAD = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');

function pngDimensions(bytes: Buffer): Dimensions | null {
  if (bytes.length < 33 || !bytes.subarray(0, 16).equals(PNG_HEAD)) return null;
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

/** Start of frame: the one segment that tells the size. C4, C8 and CC are tables. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

function jpegDimensions(bytes: Buffer): Dimensions | null {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return null;
  let at = 2;
  while (at + 9 < bytes.length) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (isFrame(marker))
      return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    const length = bytes.readUInt16BE(at + 2);
    if (length < 2 || marker === 0xda) return null;
    at += 2 + length;
  }
  return null;
}

/** What a JPEG or PNG says of its size, or why it is not opened. */
export function inspectPicture(bytes: Buffer): Dimensions | PictureFault {
  if (bytes.length > PICTURE_LIMITS.bytes) return 'TOO_LARGE';
  const size = pngDimensions(bytes) ?? jpegDimensions(bytes);
  if (size === null || size.width === 0 || size.height === 0) return 'NOT_A_PICTURE';
  if (size.width * size.height > PICTURE_LIMITS.pixels) return 'TOO_LARGE';
  if (Math.max(size.width, size.height) < PICTURE_LIMITS.side) return 'TOO_SMALL';
  return size;
}

/** The picture at working size, or why there is none. */
export async function openPicture(bytes: Buffer): Promise<Colour | PictureFault> {
  const size = inspectPicture(bytes);
  if (typeof size === 'string') return size;
  const image = await loadImage(bytes).catch(() => null);
  // Another size than the header's is not the picture that was let in; a turned one has its sides exchanged.
  if (image === null || image.width * image.height !== size.width * size.height)
    return 'NOT_A_PICTURE';
  const factor = Math.min(1, WORKING_SIDE / Math.max(image.width, image.height));
  const width = Math.max(1, Math.round(image.width * factor));
  const height = Math.max(1, Math.round(image.height * factor));
  const context = createCanvas(width, height).getContext('2d');
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, width, height);
  context.drawImage(image, 0, 0, width, height);
  return { width, height, data: context.getImageData(0, 0, width, height).data };
}
