/**
 * A workflow bundle is named by what is in it, kept beside the others, and holds nothing that does not belong.
 */
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildWorkflowBundle, listBundles, readBundle } from '../../../platform/temporal/bundle.ts';
import { findFailureConverter } from '../../../platform/temporal/data-converter.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const fixture = (name: string): string =>
  fileURLToPath(new URL(`fixtures/${name}.ts`, import.meta.url));
let outDir = '';
beforeEach(() => {
  outDir = mkdtempSync(join(tmpdir(), 'xindai-bundles-'));
});
afterEach(() => {
  rmSync(outDir, { recursive: true, force: true });
});

describe('a workflow bundle', () => {
  it('is built from modules that import each other by .ts names, the same twice', async () => {
    const workflowsPath = fixture('workflows');
    const first = await buildWorkflowBundle({ workflowsPath, outDir });
    expect(first.buildId).toMatch(/^[0-9a-f]{16}$/);
    expect(readFileSync(first.codePath, 'utf8')).toContain('你好');
    expect(first.modules).toContain(fixture('steps'));
    expect(first.modules.some((path) => path.endsWith('failure-converter.cjs'))).toBe(true);
    expect(await buildWorkflowBundle({ workflowsPath, outDir })).toEqual(first);
    expect(readBundle(outDir, first.buildId).codePath).toBe(first.codePath);
  });

  it('has another name when its code changes, the old one again when it changes back, and stays beside the others', async () => {
    symlinkSync(join(root, 'node_modules'), join(outDir, 'node_modules'));
    const workflowsPath = join(outDir, 'workflows.ts');
    const build = async (source: string): Promise<string> => {
      writeFileSync(workflowsPath, source);
      return (await buildWorkflowBundle({ workflowsPath, outDir: join(outDir, 'out') })).buildId;
    };
    const one = await build('export async function w(): Promise<number> { return 1; }\n');
    const two = await build('export async function w(): Promise<number> { return 2; }\n');
    expect(two).not.toBe(one);
    expect(await build('export async function w(): Promise<number> { return 1; }\n')).toBe(one);
    const kept = (await listBundles(join(outDir, 'out'))).map(({ buildId }) => buildId);
    expect(kept.toSorted()).toEqual([one, two].toSorted());
  });

  it('with a module of Node in it is not built', async () => {
    const building = buildWorkflowBundle({ workflowsPath: fixture('forbidden'), outDir });
    await expect(building).rejects.toThrow(/cannot be bundled\.[^]*node:fs/);
    expect(await listBundles(outDir)).toEqual([]);
  });

  it('that is not there is missed by one sentence', async () => {
    expect(() => readBundle(outDir, '0123456789abcdef')).toThrow('0123456789abcdef is not in');
    expect(await listBundles(join(outDir, 'none'))).toEqual([]);
  });
});

describe('the failure converter', () => {
  it('is found beside the sources, and from a compiled program that lies in dist', () => {
    const source = join(root, 'platform', 'temporal', 'failure-converter.cjs');
    expect(findFailureConverter(join(root, 'platform', 'temporal'))).toBe(source);
    expect(findFailureConverter(join(root, 'dist', 'platform', 'temporal'))).toBe(source);
    expect(() => findFailureConverter(outDir)).toThrow('failure-converter.cjs is missing');
  });
});
