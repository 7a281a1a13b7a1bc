/** Verifies a bundle: every check of the list, each by itself, so that one fault does not hide another. */
import { CryptoError } from '../../platform/crypto/errors.ts';
import { readArchive } from './archive.ts';
import { type Bundle, type GivenTrust, openBundle } from './bundle.ts';
import { checkAudit } from './checks/audit.ts';
import {
  checkCertificates,
  checkContract,
  checkRevocation,
  checkSignatures,
  checkTokens,
} from './checks/contract.ts';
import { checkFiles, checkManifest } from './checks/files.ts';
import { checkConsents, checkDecision, checkIntent } from './checks/person.ts';
import { checkRecording } from './checks/recording.ts';
import { BundleFault, type CheckId, type CheckResult, type Fault } from './findings.ts';

export interface Verdict {
  readonly holds: boolean;
  readonly results: readonly CheckResult[];
  /** Null when the archive or its manifest cannot be read. */
  readonly bundle: Bundle | null;
}

/** Faults that do not hold, none, or null where there is nothing of the kind. */
type Check = (bundle: Bundle) => readonly Fault[] | null;

const CHECKS_OF_BUNDLE: readonly (readonly [CheckId, Check])[] = [
  ['FILES', checkFiles],
  ['MANIFEST', checkManifest],
  ['CONTRACT', checkContract],
  ['SIGNATURES', checkSignatures],
  ['CERTIFICATES', checkCertificates],
  ['REVOCATION', checkRevocation],
  ['TOKENS', checkTokens],
  ['CONSENTS', checkConsents],
  ['INTENT', checkIntent],
  ['DECISION', checkDecision],
  ['RECORDING', checkRecording],
  ['AUDIT', checkAudit],
];

/** The fault that an error of a check stands for; any other error is ours. */
function faultOf(error: unknown): Fault {
  if (error instanceof BundleFault) return error.fault;
  if (error instanceof CryptoError) return { code: 'MALFORMED', place: error.code };
  throw error;
}

function run(check: CheckId, work: () => readonly Fault[] | null): CheckResult {
  try {
    const faults = work();
    if (faults === null) return { check, state: 'ABSENT', faults: [] };
    return { check, state: faults.length === 0 ? 'HOLDS' : 'BROKEN', faults };
  } catch (error) {
    return { check, state: 'BROKEN', faults: [faultOf(error)] };
  }
}

const unreached = (): readonly CheckResult[] =>
  CHECKS_OF_BUNDLE.map(([check]) => ({ check, state: 'UNREACHED', faults: [] }));

/** Verifies files that were read from an archive. */
export function verifyFiles(files: ReadonlyMap<string, Buffer>, given: GivenTrust = {}): Verdict {
  const sound: CheckResult = { check: 'ARCHIVE', state: 'HOLDS', faults: [] };
  let bundle: Bundle;
  try {
    bundle = openBundle(files, given);
  } catch (error) {
    const broken: CheckResult = { check: 'MANIFEST', state: 'BROKEN', faults: [faultOf(error)] };
    const rest = unreached().map((one) => (one.check === 'MANIFEST' ? broken : one));
    return { holds: false, results: [sound, ...rest], bundle: null };
  }
  const results = [
    sound,
    ...CHECKS_OF_BUNDLE.map(([check, work]) => run(check, () => work(bundle))),
  ];
  return { holds: results.every(({ state }) => state !== 'BROKEN'), results, bundle };
}

/** Verifies an archive. @param read gives its files; @throws what is no fault of the bundle */
export async function verifyArchive(
  read: () => Promise<ReadonlyMap<string, Buffer>>,
  given: GivenTrust = {},
): Promise<Verdict> {
  try {
    return verifyFiles(await read(), given);
  } catch (error) {
    if (!(error instanceof BundleFault)) throw error;
    const broken: CheckResult = { check: 'ARCHIVE', state: 'BROKEN', faults: [error.fault] };
    return { holds: false, results: [broken, ...unreached()], bundle: null };
  }
}

/** Verifies the archive in a file. */
export async function verifyEvidence(path: string, given: GivenTrust = {}): Promise<Verdict> {
  return await verifyArchive(() => readArchive(path), given);
}
