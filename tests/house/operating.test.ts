/** The settings in docs/operating.md are those that the processes read. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CONFIG_VARIABLES } from '../../platform/config.ts';
import { ROOT } from './sources.ts';

const REQUIRED = { always: 'always', 'in production': 'in production', never: '' };

function expectedTable(): string {
  const rows = CONFIG_VARIABLES.map(({ name, default: fallback, required, meaning }) => {
    const shown = fallback === null || fallback === '' ? '' : `\`${fallback}\``;
    return `| \`${name}\` | ${shown} | ${REQUIRED[required]} | ${meaning} |`;
  });
  return ['| variable | default | must be set | meaning |', '|---|---|---|---|', ...rows].join(
    '\n',
  );
}

test('the table of settings names every variable with its default and meaning', () => {
  const text = readFileSync(join(ROOT, 'docs', 'operating.md'), 'utf8');
  const stated = /<!-- variables: begin -->\n([\s\S]*?)\n?<!-- variables: end -->/.exec(text)?.[1];
  expect(stated?.trim()).toBe(expectedTable());
});
