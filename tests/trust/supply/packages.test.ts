/** The lock file holds no package whose origin, content, licence or install script nobody has looked at. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  checkManifest,
  checkPackages,
  isAllowedLicence,
  type LockFile,
  lockFile,
} from '../../../tools/supply-chain/packages.ts';
import { missingFrom } from '../../../tools/supply-chain/sbom.ts';

const GOOD = { version: '1.2.3', integrity: 'sha512-x', license: 'MIT' };
const lockOf = (one: LockFile['packages'][string], name = 'some-package'): LockFile => ({
  lockfileVersion: 3,
  packages: { '': {}, [`node_modules/${name}`]: one },
});
const findings = (one: LockFile['packages'][string], name?: string) =>
  checkPackages(lockOf(one, name)).findings;

describe('the supply chain', () => {
  it('of this repository holds', () => {
    const lock = lockFile.parse(JSON.parse(readFileSync('package-lock.json', 'utf8')));
    const report = checkPackages(lock);
    expect(report.findings).toEqual([]);
    expect(report.packages).toBeGreaterThan(300);
    expect(checkManifest(readFileSync('package.json', 'utf8'))).toEqual([]);
  });

  it('finds a package from git, from another host, under another name and by a link', () => {
    expect(findings(GOOD)).toEqual([]);
    for (const resolved of [
      'git+ssh://git@github.com/a/b.git#c0ffee',
      'https://registry.example.com/some-package/-/some-package-1.2.3.tgz',
      'http://registry.npmjs.org/some-package/-/some-package-1.2.3.tgz',
      'https://registry.npmjs.org/another/-/another-1.2.3.tgz',
    ]) {
      expect(findings({ ...GOOD, resolved })).toEqual([`some-package comes from ${resolved}`]);
    }
    expect(findings({ ...GOOD, link: true })).toHaveLength(1);
    expect(findings({ ...GOOD, version: 'github:a/b' })).toHaveLength(1);
  });

  it('finds content that is not pinned, unless it is for one other platform', () => {
    const { integrity: _, ...bare } = GOOD;
    expect(findings(bare)).toEqual(['some-package is not pinned by a SHA-512 digest']);
    expect(findings({ ...GOOD, integrity: 'sha1-x' })).toHaveLength(1);
    expect(findings({ ...bare, optional: true })).toHaveLength(1);
    expect(findings({ ...bare, optional: true, os: ['win32'] })).toEqual([]);
  });

  it('finds install scripts and licences that nobody has allowed', () => {
    expect(findings({ ...GOOD, hasInstallScript: true })).toHaveLength(1);
    expect(findings({ ...GOOD, hasInstallScript: true }, 'esbuild')).toEqual([]);
    expect(findings({ ...GOOD, hasInstallScript: true }, 'esbuild-x')).toHaveLength(1);
    expect(findings({ ...GOOD, license: 'AGPL-3.0' })).toHaveLength(1);
    expect(isAllowedLicence('(MIT OR GPL-3.0)')).toBe(true);
    expect(isAllowedLicence('MIT AND GPL-3.0')).toBe(false);
  });

  it('finds a range in package.json and a package that the bill of materials leaves out', () => {
    expect(checkManifest('{"dependencies":{"a":"^1.0.0","b":"1.0.0"}}')).toHaveLength(1);
    const bill = { bomFormat: 'CycloneDX', specVersion: '1.5', components: [] } as const;
    expect(missingFrom({ ...bill, components: [] }, lockOf(GOOD))).toEqual(['some-package@1.2.3']);
  });
});
