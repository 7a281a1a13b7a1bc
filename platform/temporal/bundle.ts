/**
 * Workflow bundles: built once per version, named by what is in them, and kept for the loans that still run on them.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { sm3Hex } from '../crypto/sm3.ts';
import { failureConverterPath } from './data-converter.ts';

export interface WorkflowBundle {
  /** First 16 hexadecimal digits of SM3 over the code without its source map. */
  readonly buildId: string;
  /** Absolute path of the code, `{outDir}/{buildId}.js`. */
  readonly codePath: string;
}

export interface BuiltBundle extends WorkflowBundle {
  /** Absolute paths of the source files in the bundle. */
  readonly modules: readonly string[];
}

const BUILD_ID_DIGITS = 16;
const BUNDLE_FILE = /^([0-9a-f]{16})\.js$/;
const SOURCE_MAP =
  /\n\/\/# sourceMappingURL=data:application\/json;[^,]*base64,([A-Za-z0-9+/=]+)\s*$/;

/**
 * Bundles the workflows of `workflowsPath` and puts the result into `outDir`, beside the bundles of other versions.
 * The same sources give the same build id.
 * @throws when a module in the bundle may not be there (Node's own, for example) or cannot be found
 */
export async function buildWorkflowBundle(of: {
  readonly workflowsPath: string;
  readonly outDir: string;
}): Promise<BuiltBundle> {
  const code = await bundle(resolve(of.workflowsPath));
  const map = SOURCE_MAP.exec(code);
  const buildId = sm3Hex(map === null ? code : code.slice(0, map.index)).slice(0, BUILD_ID_DIGITS);
  const codePath = join(resolve(of.outDir), `${buildId}.js`);
  if (!existsSync(codePath)) await writeWhole(of.outDir, codePath, code);
  return { buildId, codePath, modules: sourcesOf(map?.[1]) };
}

/** The bundler tells its log what is wrong and throws a sentence without it, so the two are put together here. */
async function bundle(workflowsPath: string): Promise<string> {
  const complaints: string[] = [];
  const logger = new DefaultLogger('ERROR', ({ message }) => complaints.push(message));
  try {
    return (await bundleWorkflowCode({ workflowsPath, failureConverterPath, logger })).code;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const details = complaints.length > 0 ? complaints.join('\n') : reason;
    throw new Error(`The workflows cannot be bundled.\n${details}`, { cause });
  }
}

/** The bundle of one build id. @throws when it is not in `dir` */
export function readBundle(dir: string, buildId: string): WorkflowBundle {
  const codePath = join(resolve(dir), `${buildId}.js`);
  if (!existsSync(codePath)) {
    throw new Error(`The workflow bundle ${buildId} is not in ${dir} (WORKFLOW_BUNDLE_DIR).`);
  }
  return { buildId, codePath };
}

/** Every bundle in `dir`; none when there is no such folder. */
export async function listBundles(dir: string): Promise<WorkflowBundle[]> {
  if (!existsSync(dir)) return [];
  const names = await readdir(dir);
  return names.flatMap((name) => {
    const buildId = BUNDLE_FILE.exec(name)?.[1];
    return buildId === undefined ? [] : [{ buildId, codePath: join(resolve(dir), name) }];
  });
}

/** Written beside and renamed, so that another process never loads half a bundle. */
async function writeWhole(dir: string, path: string, code: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  const beside = `${path}.${process.pid}.new`;
  await writeFile(beside, code);
  await rename(beside, path);
}

function sourcesOf(base64: string | undefined): string[] {
  if (base64 === undefined) return [];
  const map: unknown = JSON.parse(Buffer.from(base64, 'base64').toString('utf8'));
  const isMap = typeof map === 'object' && map !== null && 'sources' in map;
  const sources: unknown = isMap ? map.sources : [];
  return Array.isArray(sources) ? sources.filter((one) => typeof one === 'string') : [];
}
