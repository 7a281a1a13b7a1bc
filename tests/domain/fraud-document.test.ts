/** The table of signals in docs/fraud.md is the rules themselves. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { FRAUD_RULES } from '../../domain/fraud.ts';

it('docs/fraud.md names every signal with its kind, weight and texts, and no other', () => {
  const text = readFileSync(new URL('../../docs/fraud.md', import.meta.url), 'utf8');
  const [, table = ''] =
    /<!-- signals: begin -->\n([\s\S]*?)\n<!-- signals: end -->/.exec(text) ?? [];
  const rows = table.split('\n').slice(2);
  expect(rows).toEqual(
    FRAUD_RULES.map(
      ({ code, kind, weight, zh, en }) => `| \`${code}\` | ${kind} | ${weight} | ${zh} | ${en} |`,
    ),
  );
});
