/** Values that samples are called with: their shape decides the SQL, their content never does. */
import { fen } from '../../../domain/money.ts';
import type { PinnedVersions } from '../../../db/schema/apply.ts';

export const ID = '00000000-0000-4000-8000-000000000001';
export const OTHER_ID = '00000000-0000-4000-8000-000000000002';
export const AT = new Date('2026-01-05T02:00:00Z');
export const BYTES = Buffer.from('00', 'hex');
export const AMOUNT = fen(5_000_000);
export const AFTER = { at: '2026-01-05 10:00:00+08', id: ID };
export const PINNED: PinnedVersions = {
  product: { code: 'P', version: 1 },
  policy: { code: 'P', version: 1 },
  scorecard: { code: 'S', version: 1 },
  strategy: { code: 'S', version: 1 },
};
