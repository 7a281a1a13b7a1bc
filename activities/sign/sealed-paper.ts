/**
 * The sealed contract: the very file that was shown, and after its last byte an update (ISO 32000-1 §7.5.6) with the visible
 * seal and a signature that ordinary PDF readers check. The shown bytes stay a prefix of the file, so the digest that was
 * signed can be computed from it again.
 */
import { type ReaderKey, signForReaders } from '../../platform/crypto/reader-signature.ts';
import { SEAL_SIZE, type SealFaces, sealImage } from './seal-image.ts';

/** Where the contract names the place of the seal; without it the seal stands at the top of the first page. */
const SEAL_PLACE = 'lender-seal';
/** Bytes that the signature and its certificates may take. */
const SIGNATURE_ROOM = 12_000;
/** The second and fourth number of the range have ten digits, so that they can be filled in place. */
const RANGE_DIGITS = 10;
const SEAL_USE = '电子合同专用章';

export interface PaperSeal {
  /** Who seals, as on the seal. */
  readonly name: string;
  readonly reason: string;
  readonly at: Date;
  readonly faces: SealFaces;
  readonly key: ReaderKey;
}

/** The shown file has another structure than the files we draw. */
export class SealedPaperError extends Error {
  override readonly name = 'SealedPaperError';
  readonly code = 'PAPER_STRUCTURE';
}

/** What a file says of itself at its end, and its objects by number. */
interface Structure {
  readonly text: string;
  readonly size: number;
  readonly root: number;
  /** The entries `/Info` and `/ID` as they stand, which a further trailer repeats. */
  readonly repeated: string;
  readonly lastTable: number;
  readonly offsets: ReadonlyMap<number, number>;
}

function take(text: string, pattern: RegExp, what: string): string {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new SealedPaperError(`The file shows no ${what}.`);
  return found;
}

/** Reads a file with one plain cross-reference table, as pdfkit writes it. @throws SealedPaperError */
function read(pdf: Buffer): Structure {
  const text = pdf.toString('latin1');
  const lastTable = Number(take(text, /startxref\s+(\d+)\s+%%EOF\s*$/, 'cross-reference table'));
  const table = text.slice(lastTable);
  const count = Number(take(table, /^xref\s+0 (\d+)\s/, 'table of objects'));
  const trailer = table.slice(table.indexOf('trailer'));
  const entries = Array.from(table.matchAll(/^(\d{10}) \d{5} ([nf]) ?\r?$/gm));
  if (entries.length !== count) throw new SealedPaperError('The table of objects is incomplete.');
  const offsets = new Map(
    entries.flatMap(([, offset, use], at): [number, number][] =>
      use === 'n' ? [[at, Number(offset)]] : [],
    ),
  );
  const info = /\/Info \d+ \d+ R/.exec(trailer)?.[0] ?? '';
  const id = /\/ID \[[^\]]*\]/.exec(trailer)?.[0] ?? '';
  return {
    text,
    size: Number(take(trailer, /\/Size (\d+)/, 'count of objects')),
    root: Number(take(trailer, /\/Root (\d+) 0 R/, 'catalogue')),
    repeated: `${info} ${id}`,
    lastTable,
    offsets,
  };
}

/** The dictionary of an object without its brackets. */
function dictionary({ text, offsets }: Structure, object: number): string {
  const from = offsets.get(object);
  if (from === undefined) throw new SealedPaperError(`Object ${object} is not in the file.`);
  const body = text.slice(from, text.indexOf('endobj', from));
  const start = body.indexOf('<<');
  const end = body.lastIndexOf('>>');
  if (start < 0 || end < start) throw new SealedPaperError(`Object ${object} is no dictionary.`);
  return body.slice(start + 2, end);
}

interface Place {
  readonly page: number;
  /** The left and upper edge of the seal, points from the bottom left. */
  readonly left: number;
  readonly top: number;
}

/** Follows the catalogue to the named places, which pdfkit keeps in one list. */
function placeOf(file: Structure): Place {
  const named = new RegExp(
    `\\(${SEAL_PLACE}\\)\\s*\\[(\\d+) 0 R /XYZ ([\\d.]+) ([\\d.]+) [\\d.]+\\]`,
  ).exec(file.text);
  if (named !== null)
    return { page: Number(named[1]), left: Number(named[2]) + 90, top: Number(named[3]) + 16 };
  const pages = Number(take(dictionary(file, file.root), /\/Pages (\d+) 0 R/, 'list of pages'));
  const first = take(dictionary(file, pages), /\/Kids \[(\d+) 0 R/, 'first page');
  return { page: Number(first), left: 420, top: 800 };
}

/** `D:20261124120000Z` */
const pdfDate = (at: Date): string =>
  `D:${at.toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`;

/** Text in UTF-16 with its mark, as a hexadecimal string, which needs no escapes. */
function hexText(text: string): string {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
  return `<${bytes.toString('hex')}>`;
}

/** The page with one more annotation; an existing list of them is kept. */
function pageWith(page: string, field: number): string {
  if (/\/Annots \d+ 0 R/.test(page))
    throw new SealedPaperError('The page keeps its annotations elsewhere.');
  return /\/Annots \[/.test(page)
    ? page.replace('/Annots [', `/Annots [${field} 0 R `)
    : `${page}\n/Annots [${field} 0 R]`;
}

/** The objects of the update by number, in the order in which they are written. */
function objectsOf(file: Structure, seal: PaperSeal): readonly (readonly [number, string])[] {
  const catalogue = dictionary(file, file.root);
  if (catalogue.includes('/AcroForm')) throw new SealedPaperError('The file is a form already.');
  const [field, image, signature] = [file.size, file.size + 1, file.size + 2];
  const { page, left, top } = placeOf(file);
  const box = [left, top - SEAL_SIZE, left + SEAL_SIZE, top].map((edge) => edge.toFixed(2));
  const drawing = sealImage(seal.faces, { name: seal.name, use: SEAL_USE });
  return [
    [file.root, `<<${catalogue}\n/AcroForm << /SigFlags 3 /Fields [${field} 0 R] >>\n>>`],
    [page, `<<${pageWith(dictionary(file, page), field)}\n>>`],
    [
      field,
      `<< /Type /Annot /Subtype /Widget /FT /Sig /T (lender) /F 132 /P ${page} 0 R /Rect [${box.join(' ')}] /AP << /N ${image} 0 R >> /V ${signature} 0 R >>`,
    ],
    [
      image,
      `<< /Type /XObject /Subtype /Form /BBox [0 0 ${SEAL_SIZE} ${SEAL_SIZE}] /Resources << >> /Length ${drawing.length} >>\nstream\n${drawing}\nendstream`,
    ],
    [
      signature,
      `<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached /Name ${hexText(seal.name)} /Reason ${hexText(seal.reason)} /M (${pdfDate(seal.at)}) /ByteRange [0 ${'*'.repeat(RANGE_DIGITS)} ${'*'.repeat(RANGE_DIGITS)} ${'*'.repeat(RANGE_DIGITS)}] /Contents <${'0'.repeat(SIGNATURE_ROOM * 2)}> >>`,
    ],
  ];
}

/** The update as text, each object at a place its own table tells. */
function update(file: Structure, length: number, seal: PaperSeal): string {
  const objects = objectsOf(file, seal);
  let text = '\n';
  const places: { readonly object: number; readonly at: number }[] = [];
  for (const [object, body] of objects) {
    places.push({ object, at: length + text.length });
    text += `${object} 0 obj\n${body}\nendobj\n`;
  }
  const table = length + text.length;
  const rows = places
    .toSorted((a, b) => a.object - b.object)
    .map(({ object, at }) => `${object} 1\n${String(at).padStart(10, '0')} 00000 n \n`);
  const size = file.size + 3;
  text += `xref\n${rows.join('')}trailer\n<< /Size ${size} /Root ${file.root} 0 R ${file.repeated} /Prev ${file.lastTable} >>\nstartxref\n${table}\n%%EOF\n`;
  return text;
}

/**
 * Appends seal and signature.
 * @param shown the file as it was shown and signed; its bytes are the result's first
 * @throws SealedPaperError when the file is not built as ours are, CryptoError when the key does not fit
 */
export async function sealPaper(shown: Buffer, seal: PaperSeal): Promise<Buffer> {
  const file = read(shown);
  const added = update(file, shown.length, seal);
  const sealed = Buffer.concat([shown, Buffer.from(added, 'latin1')]);
  const hole = shown.length + added.indexOf('/Contents <') + '/Contents '.length;
  const after = hole + SIGNATURE_ROOM * 2 + 2;
  const range = [hole, after, sealed.length - after].map((value) =>
    String(value).padStart(RANGE_DIGITS, '0'),
  );
  const rangeAt = shown.length + added.indexOf('[0 **') + '[0 '.length;
  sealed.write(range.join(' '), rangeAt, 'latin1');
  const cms = await signForReaders(seal.key, [sealed.subarray(0, hole), sealed.subarray(after)]);
  if (cms.length > SIGNATURE_ROOM)
    throw new SealedPaperError('The certificates take too much room.');
  sealed.write(cms.toString('hex'), hole + 1, 'latin1');
  return sealed;
}
