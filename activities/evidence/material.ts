/** What an evidence bundle is made of, read and opened: everything its files need, and nothing of where it came from. */
import type {
  EvidenceAudience,
  EvidenceAuthorisation,
  EvidenceConsent,
  EvidenceDecision,
  EvidenceIntent,
} from '../../domain/evidence.ts';
import type { ByteStream } from '../../platform/crypto/seal-stream.ts';

export interface MaterialSignature {
  readonly party: string;
  readonly digestSm3: string;
  /** DER. */
  readonly signature: Buffer;
  /** 130 hexadecimal digits. */
  readonly publicKey: string;
  readonly at: string;
  /** The signer's certificate and those above it, PEM; empty for a seal key. */
  readonly chainPem: readonly string[];
}

export interface MaterialSeal {
  readonly number: number;
  readonly keyId: string;
  readonly text: string;
  /** DER. */
  readonly signature: Buffer;
  /** RFC 3161 reply, DER. */
  readonly reply: Buffer;
}

export interface EvidenceMaterial {
  readonly bundle: {
    readonly id: string;
    readonly audience: EvidenceAudience;
    readonly requestedAt: Date;
    readonly builtAt: Date;
    /** The program and its version. */
    readonly madeBy: string;
  };
  readonly lender: { readonly name: string; readonly uscc: string };
  readonly applicationId: string;
  readonly contract: {
    readonly id: string;
    readonly number: string;
    readonly sm3: string;
    readonly pdf: () => ByteStream;
  };
  /** The offer as accepted: schedule, annualised costs and every fee. */
  readonly offer: unknown;
  readonly versions: unknown;
  readonly otherPapers: readonly { readonly name: string; readonly content: () => ByteStream }[];
  /** In the order in which the second time stamp covers them. */
  readonly signatures: readonly MaterialSignature[];
  /** RFC 3161 replies, DER. */
  readonly tokens: { readonly before: Buffer; readonly after: Buffer };
  /** DER; null where a contract was signed before lists were kept and none can be had. */
  readonly revocationList: Buffer | null;
  readonly authorisations: readonly (Omit<EvidenceAuthorisation, 'text'> & {
    readonly words: string;
  })[];
  readonly ledger: readonly EvidenceConsent[];
  readonly intent: EvidenceIntent;
  readonly decisions: readonly (Omit<EvidenceDecision, 'record'> & {
    /** Canonical JSON; null where there is none or it is not shown. */
    readonly text: string | null;
  })[];
  readonly recordings: readonly {
    readonly id: string;
    readonly state: string;
    readonly manifest: string | null;
    readonly signature: Buffer | null;
    readonly token: Buffer | null;
  }[];
  readonly audit: {
    readonly excerpt: () => ByteStream;
    readonly proved: number;
    readonly unproved: number;
    readonly seals: readonly MaterialSeal[];
    /** Public keys by key id, 130 hexadecimal digits. */
    readonly keys: ReadonlyMap<string, string>;
  };
  readonly trust: {
    readonly caRootsPem: readonly string[];
    readonly tsaCertificatesPem: readonly string[];
    /** The lender's seal key, 130 hexadecimal digits. */
    readonly sealPublicKey: string;
  };
}
