/** docs/scorecard.md says what the shipped scorecard holds. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SCORECARD_V1 } from '../../domain/scorecard-v1.ts';
import {
  SCORECARD_DOCUMENT,
  scorecardPart,
  withScorecard,
} from '../../tools/scorecard-table/table.ts';
import { ROOT } from '../house/sources.ts';

describe('the document of the scorecard', () => {
  it('is what npm run scorecard-table writes', () => {
    const written = readFileSync(join(ROOT, SCORECARD_DOCUMENT), 'utf8');
    expect(withScorecard(written, SCORECARD_V1)).toBe(written);
  });

  it('names every dimension, at least 24, with points for a missing value', () => {
    const part = scorecardPart(SCORECARD_V1);
    expect(SCORECARD_V1.dimensions.length).toBeGreaterThanOrEqual(24);
    for (const { id } of SCORECARD_V1.dimensions) expect(part).toContain(`\`${id}\``);
    expect(part.match(/^\| missing \|/gm)).toHaveLength(SCORECARD_V1.dimensions.length);
  });
});
