/** The script of dual recordings is read strictly and leaves nothing open; what did not come is named exactly. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fen } from '../../domain/money.ts';
import { policyOf } from '../../domain/policy.ts';
import { POLICY_ROWS } from '../../domain/policy-rows.ts';
import { PERSONAL_CREDIT } from '../../domain/products.ts';
import {
  missingRanges,
  recordingNeed,
  recordingServes,
  segmentOf,
} from '../../domain/recording.ts';
import { parseRecordingScript, percentInWords } from '../../domain/recording-script.ts';
import { RECORDING_SCRIPT_V1 } from '../../domain/recording-script-v1.ts';

describe('a script', () => {
  const codes = (document: unknown) => {
    const read = parseRecordingScript(document);
    return read.ok ? [] : read.faults.map(({ code, path }) => `${path} ${code}`);
  };
  const [first, ...rest] = RECORDING_SCRIPT_V1.nodes;

  it('holds every node that regulation asks for, each once, and names only what a loan has', () => {
    expect(codes(RECORDING_SCRIPT_V1)).toEqual([]);
    expect(codes({ ...RECORDING_SCRIPT_V1, nodes: rest })).toEqual(['nodes NODE_MISSING']);
    expect(codes({ ...RECORDING_SCRIPT_V1, nodes: [first, first, ...rest] })).toEqual([
      'nodes[1].id DUPLICATE',
    ]);
    for (const text of ['{{name}}', '{{', '{{ amount }}'])
      expect(codes({ ...RECORDING_SCRIPT_V1, nodes: [{ ...first, text }, ...rest] })).toEqual([
        'nodes[0].text UNKNOWN_VARIABLE',
      ]);
  });

  it('reads rates out digit by digit behind the point', () => {
    expect(
      ['14.40', '7.2', '10', '24.05', '0.50', '20.00'].map((rate) => percentInWords(rate)),
    ).toEqual([
      '百分之十四点四零',
      '百分之七点二',
      '百分之十',
      '百分之二十四点零五',
      '百分之零点五零',
      '百分之二十点零零',
    ]);
  });
});

describe('chunks', () => {
  it('that are missing and those that came are all, and none is both', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(40)), fc.nat(41), (numbers, end) => {
        const received = [...numbers].sort((a, b) => a - b);
        const missing = missingRanges(received, end).flatMap(({ from, to }) =>
          Array.from({ length: to - from + 1 }, (_, i) => from + i),
        );
        const all = [...missing, ...received.filter((n) => n < end)].sort((a, b) => a - b);
        expect(all).toEqual(Array.from({ length: end }, (_, n) => n));
      }),
    );
  });

  it('belong to the segment that was announced before them', () => {
    const segments = [0, 4, 9].map((firstChunk, number) => ({ number, firstChunk, reason: null }));
    expect([0, 3, 4, 8, 9, 99].map((n) => segmentOf(segments, n))).toEqual([0, 0, 1, 1, 2, 2]);
  });
});

it('a loan above the policy’s amount needs staff, and nothing less than a passed session serves it', () => {
  const policy = policyOf(POLICY_ROWS, '2026-11-24', PERSONAL_CREDIT.lenderType);
  const need = (yuan: number) => recordingNeed(PERSONAL_CREDIT, policy, fen(yuan * 100));
  expect([50_000, 60_000, 200_000, 200_100].map(need)).toEqual([
    'NONE',
    'SELF',
    'SELF',
    'ATTENDED',
  ]);
  const before = policyOf(
    POLICY_ROWS.filter(({ ruleId }) => ruleId !== 'recording.requiredAboveFen'),
    '2026-11-24',
    PERSONAL_CREDIT.lenderType,
  );
  expect(recordingNeed(PERSONAL_CREDIT, before, fen(200_100_00))).toBe('SELF');
  expect(recordingServes('ATTENDED', { kind: 'ATTENDED', state: 'COMPLETE' })).toBe(false);
  expect(recordingServes('ATTENDED', { kind: 'SELF', state: 'PASSED' })).toBe(false);
  expect(recordingServes('ATTENDED', { kind: 'ATTENDED', state: 'PASSED' })).toBe(true);
  expect(recordingServes('SELF', { kind: 'SELF', state: 'REJECTED' })).toBe(false);
});
