/** Ports to the certificate authority and the time-stamp authority. */
import type { Numbered, OutsideAnswer } from './answers.ts';
import type { PersonKeys } from './identity.ts';

export interface CertificateRequest extends Numbered {
  /** PKCS#10 request, DER. */
  readonly csr: Uint8Array;
  /** Whom it certifies: a CA must know (Electronic Signature Law, article 20). */
  readonly holder: PersonKeys;
  /** How the person was identified: request numbers of the checks that passed. */
  readonly identityEvidence: Readonly<Record<string, string>>;
}

export interface IssuedCertificate {
  readonly serial: string;
  /** Leaf first, PEM. */
  readonly chainPem: readonly string[];
}

export interface CertificateAuthorityPort {
  certificate(request: CertificateRequest): Promise<OutsideAnswer<IssuedCertificate>>;
  revoke(
    request: Numbered & { readonly serial: string; readonly reason: string },
  ): Promise<OutsideAnswer<{ readonly revokedAt: string }>>;
  /** The current revocation list, DER. */
  crl(signal?: AbortSignal): Promise<Buffer>;
}

export interface Timestamp {
  /** The whole RFC 3161 reply, DER. */
  readonly reply: Buffer;
  readonly generatedAt: Date;
  readonly serial: string;
}

export interface TimestampPort {
  /** Asks for a token over an SM3 digest and verifies it before giving it back. */
  stamp(imprint: Uint8Array, signal?: AbortSignal): Promise<Timestamp>;
}
