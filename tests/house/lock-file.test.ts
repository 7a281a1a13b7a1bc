/**
 * House rule: the lock file is one that `npm ci` takes, also where the registry holds one platform's packages only.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { entryFor, missingOptionalPackages } from '../../tools/setup/complete-lock.mjs';
import { ROOT } from './sources.ts';

const lockFile = z.object({ packages: z.record(z.string(), z.unknown()) });

test('every optional package that a package asks for is in the lock file', () => {
  const lock = lockFile.parse(JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')));
  const missing = missingOptionalPackages(lock).map(({ name }) => name);
  expect(missing, 'run node tools/setup/complete-lock.mjs').toEqual([]);
});

test('a package left out is found and completed with the platform in its name', () => {
  const asks = { dev: true, optionalDependencies: { '@x/cli-linux-arm64-musl': '1.2.3' } };
  const [missing] = missingOptionalPackages({ packages: { 'node_modules/@x/cli': asks } });
  expect(missing).toEqual({ name: '@x/cli-linux-arm64-musl', version: '1.2.3', dev: true });
  expect(entryFor({ name: '@x/cli-linux-arm64-musl', version: '1.2.3', dev: true })).toEqual({
    version: '1.2.3',
    cpu: ['arm64'],
    dev: true,
    libc: ['musl'],
    optional: true,
    os: ['linux'],
  });
});

test('a package whose name does not tell its platform is refused', () => {
  expect(() => entryFor({ name: '@x/core', version: '1.2.3', dev: false })).toThrow('by hand');
  expect(() => entryFor({ name: '@x/linux-x64', version: '^1.2.3', dev: false })).toThrow(
    'by hand',
  );
});
