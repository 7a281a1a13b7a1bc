/** The evidence bundle (证据包) of a signed contract: which files it consists of and what its manifest says. */

export const EVIDENCE_FORMAT = 'xindai-evidence/1';

/**
 * For whom a bundle is made. `STAFF`: compliance and auditors, with the records of decisions and every audit entry of the
 * loan. `APPLICANT`: the person, without what the decision looked at and without what staff did.
 */
export const EVIDENCE_AUDIENCES = ['STAFF', 'APPLICANT'] as const;
export type EvidenceAudience = (typeof EVIDENCE_AUDIENCES)[number];

/** Places in the archive that are not free to choose. */
export const EVIDENCE_PATHS = {
  manifest: 'manifest.json',
  manifestSignature: 'manifest.sig',
  manifestToken: 'manifest.tsr',
  readme: 'README.txt',
  list: 'files.txt',
  contract: 'papers/contract.pdf',
  schedule: 'papers/offer.json',
  authorisations: 'consents/authorisations.json',
  ledger: 'consents/ledger.json',
  intent: 'intent/intent.json',
  decisions: 'decision/decisions.json',
  tokenBefore: 'tokens/before.tsr',
  tokenAfter: 'tokens/after.tsr',
  revocationList: 'signatures/revocation-list.crl',
  auditExcerpt: 'audit/excerpt.ndjson',
  trustedRoots: 'trust/ca-roots.pem',
  trustedStampers: 'trust/time-stamp.pem',
} as const;

/** One file of the archive. `sm3` in hexadecimal digits, `size` in bytes. */
export interface EvidenceFileEntry {
  readonly path: string;
  readonly sm3: string;
  readonly size: number;
}

/** One signature under the contract's digest. */
export interface EvidenceSignature {
  /** `APPLICANT`, `LENDER`, or another party of the contract. */
  readonly party: string;
  /** SM3 of the contract as this party signed it. */
  readonly digestSm3: string;
  /** When the house recorded it, ISO. */
  readonly at: string;
  /** Paths: the DER signature, the PEM public key, and the PEM certificates from the signer's up; a seal key has none. */
  readonly signature: string;
  readonly publicKey: string;
  readonly certificates: readonly string[];
}

export interface EvidenceAuthorisation {
  readonly id: string;
  readonly templateVersion: string;
  readonly state: string;
  readonly textSm3: string;
  /** The letter's text, as a path. */
  readonly text: string;
  /** What was ticked, act by act. */
  readonly acts: readonly string[];
  readonly agreedAt: string | null;
  readonly validUntil: string | null;
}

/** An entry of the ledger of consents. */
export interface EvidenceConsent {
  readonly authorisationId: string;
  readonly purpose: string;
  readonly act: string;
  readonly textSm3: string;
  readonly at: string;
}

export interface EvidenceDecision {
  readonly round: number;
  readonly outcome: string;
  /** SM3 of the record; null where no strategy ran. */
  readonly recordSm3: string | null;
  readonly inputSm3: string | null;
  readonly at: string;
  /** Path of the record; null for whom it is not shown. */
  readonly record: string | null;
}

/** How the person came to sign: what was shown, what was signed, and what is on record of the moment. No secrets. */
export interface EvidenceIntent {
  readonly shownSm3: string | null;
  readonly signedSm3: string;
  readonly signedAt: string | null;
  /** Network prefix and request id under which the wish to sign came. */
  readonly origin: string | null;
  readonly requestId: string | null;
  /** Request numbers of the identity checks that matched, by kind; FACE is the comparison of the face. */
  readonly identityChecks: Readonly<Record<string, string>>;
  /** SM3 of the device trail the person consented to, and how long each page was open; null without consent. */
  readonly device: {
    readonly trailSm3: string;
    readonly dwellMs: Readonly<Record<string, number>>;
  } | null;
  /** The code that proved the will to sign, and what the browser said then; null for contracts from before codes were asked for. */
  readonly signing: {
    /** What the code was sent for. */
    readonly digestSm3: string;
    readonly codeSentAt: string;
    readonly confirmedAt: string;
    readonly codeTries: number;
    readonly pages: readonly { readonly page: number; readonly dwellMs: number }[];
    readonly device: string | null;
    readonly address: string | null;
    readonly userAgent: string | null;
  } | null;
  /** Everybody who signs beside the borrower, in their order, each with what proved their will; absent in earlier bundles. */
  readonly coSigners?: readonly {
    /** As their signature is filed: `SPOUSE_1`, `GUARANTOR_2`. */
    readonly party: string;
    /** When they proved name and number of identity card. */
    readonly provedAt: string | null;
    readonly signing: EvidenceIntent['signing'];
  }[];
  /** Acts of the person around the signing, from the audit trail: action, time. */
  readonly acts: readonly {
    readonly action: string;
    readonly at: string;
    readonly entry: number;
  }[];
}

export interface EvidenceRecording {
  readonly id: string;
  readonly state: string;
  /** Paths: the signed manifest, its DER signature, its time stamp; null for a session of which none was made. */
  readonly manifest: string | null;
  readonly signature: string | null;
  readonly token: string | null;
}

export interface EvidenceSeal {
  readonly number: number;
  readonly keyId: string;
  /** Paths: the text that is signed, the DER signature, the RFC 3161 reply over text and signature. */
  readonly text: string;
  readonly signature: string;
  readonly token: string;
}

export interface EvidenceManifest {
  readonly format: typeof EVIDENCE_FORMAT;
  readonly bundleId: string;
  readonly audience: EvidenceAudience;
  readonly applicationId: string;
  readonly contractId: string;
  readonly contractNumber: string;
  /** SM3 of the contract's PDF. */
  readonly contractSm3: string;
  readonly lender: { readonly name: string; readonly uscc: string };
  /** The program that made the bundle. */
  readonly madeBy: string;
  readonly requestedAt: string;
  readonly builtAt: string;
  /** Versions of the rules the loan ran on. */
  readonly versions: unknown;
  /** The key that signs this manifest, as a path under `trust/`. */
  readonly sealKey: string;
  /** In the order in which the second time stamp covers them. */
  readonly signatures: readonly EvidenceSignature[];
  readonly revocationList: string | null;
  readonly recordings: readonly EvidenceRecording[];
  readonly audit: {
    /** Entries of the loan that the excerpt proves. */
    readonly proved: number;
    /** Entries of the loan chained in the form of the first releases, which an excerpt cannot prove. */
    readonly unproved: number;
    readonly seals: readonly EvidenceSeal[];
    /** Paths of the keys that seal the audit chain, by key id. */
    readonly keys: Readonly<Record<string, string>>;
  };
  /** Every file of the archive but the manifest, its signature and its time stamp, by path. */
  readonly files: readonly EvidenceFileEntry[];
}
