/** Where on a paper each field is printed, and how it is read. Cards are 85.6 × 54 mm, licences the landscape form of 2019. */
import { parseResidentId, parseUscc } from '../../../domain/identifiers.ts';
import type { PaperKind } from '../../../domain/prefill.ts';
import type { ReadOptions } from './engine.ts';
import type { Box, Raster } from './raster.ts';
import {
  blackLine,
  localLine,
  plainLine,
  smoothLine,
  smoothRaw,
  tonedLine,
  tonedRaw,
} from './treatments.ts';

export interface Way extends ReadOptions {
  readonly treat: (line: Raster) => Raster;
  /** From the picture at one and a half times the size. */
  readonly fine?: boolean;
}

export interface FieldPlace {
  readonly field: string;
  readonly box: Box;
  /** Several lines read together. */
  readonly lines: 'ONE' | 'ALL';
  readonly ways: readonly Way[];
  /** Read one by one, only while the readings so far do not settle the field. */
  readonly otherwise?: readonly Way[];
  /** What a reading has to be to settle the field together with its like; anything when absent. */
  readonly proves?: (text: string) => boolean;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  /** The field by which the right way up is told, and what it looks like when it is. */
  readonly sign: { readonly field: string; readonly is: RegExp };
  readonly places: readonly FieldPlace[];
}

const DIGITS = '0123456789X';
const CODE = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const DATES = '0123456789.-长期';

const box = (x: number, y: number, width: number, height: number): Box => ({ x, y, width, height });
const line = (treat: Way['treat']): Way => ({ treat, as: 'LINE' });
const raw = (treat: Way['treat']): Way => ({ treat, as: 'RAW' });

const withOnly = (only: string): Pick<FieldPlace, 'ways' | 'otherwise'> => ({
  ways: [
    { treat: plainLine, as: 'LINE', only },
    { treat: blackLine, as: 'LINE', only },
  ],
  otherwise: [
    { treat: smoothLine, as: 'LINE', only },
    { treat: smoothRaw, as: 'RAW', only },
    { treat: tonedRaw, as: 'RAW', only, fine: true },
    { treat: localLine, as: 'LINE', only },
  ],
});

const ID_FRONT: Layout = {
  width: 1012,
  height: 638,
  sign: { field: 'number', is: /^\d{15,17}[\dX]{1,3}$/ },
  places: [
    {
      field: 'number',
      box: box(310, 500, 690, 96),
      lines: 'ONE',
      proves: (text) => parseResidentId(text).ok,
      ...withOnly(DIGITS),
    },
    {
      field: 'name',
      box: box(160, 60, 400, 76),
      lines: 'ONE',
      ways: [line(smoothLine), raw(smoothRaw), { ...raw(tonedRaw), fine: true }],
      otherwise: [raw(tonedRaw), line(tonedLine)],
    },
    { field: 'sex', box: box(160, 136, 90, 72), lines: 'ONE', ways: [raw(tonedRaw)] },
    {
      field: 'nation',
      box: box(370, 136, 200, 72),
      lines: 'ONE',
      ways: [raw(tonedRaw), line(smoothLine)],
    },
    {
      field: 'birth',
      box: box(160, 208, 330, 72),
      lines: 'ONE',
      ways: [line(tonedLine), line(smoothLine)],
    },
    {
      field: 'address',
      box: box(160, 282, 480, 210),
      lines: 'ALL',
      ways: [
        { treat: smoothLine, as: 'BLOCK' },
        { treat: tonedLine, as: 'BLOCK' },
      ],
      otherwise: [{ treat: plainLine, as: 'BLOCK' }],
    },
  ],
};

const ID_BACK: Layout = {
  width: 1012,
  height: 638,
  sign: { field: 'validity', is: /^\d{4}.?\d{2}.?\d{2}/ },
  places: [
    { field: 'validity', box: box(390, 520, 560, 72), lines: 'ONE', ...withOnly(DATES) },
    {
      field: 'issuer',
      box: box(390, 444, 580, 70),
      lines: 'ONE',
      ways: [line(smoothLine), line(tonedLine)],
    },
  ],
};

const row = (at: number): Box => box(365, 374 + at * 88, 1050, 74);

const LICENCE: Layout = {
  width: 1500,
  height: 1060,
  sign: { field: 'code', is: /^[0-9A-Z]{16,19}$/ },
  places: [
    {
      field: 'code',
      box: box(110, 274, 700, 58),
      lines: 'ONE',
      proves: (text) => parseUscc(text).ok,
      ...withOnly(CODE),
    },
    ...['name', 'type', 'representative', 'capital', 'founded', 'address'].map(
      (field, at): FieldPlace => ({
        field,
        box: row(at),
        lines: 'ONE',
        ways: [line(smoothLine), line(tonedLine)],
      }),
    ),
  ],
};

export const LAYOUTS: Readonly<Record<PaperKind, Layout>> = { ID_FRONT, ID_BACK, LICENCE };
