/**
 * SM2 certificates as the other rooms use them: requests, issuing, reading, revocation and judging behind one door.
 */
export {
  createCsr,
  createRootCertificate,
  type IssueRequest,
  issueCertificate,
  type ParsedCertificate,
  type ParsedCsr,
  parseCertificate,
  parseCsr,
  type RootRequest,
} from './x509-certificate.ts';
export { type ChainRefusal, type ChainVerdict, verifyCertificateChain } from './x509-chain.ts';
export {
  type CrlRequest,
  createCrl,
  type ParsedCrl,
  parseCrl,
  type Revocation,
  type RevocationReason,
  revocationReason,
} from './x509-crl.ts';
export type { CertificateExtensions, KeyUsage } from './x509-extensions.ts';
export type { DistinguishedName } from './x509-names.ts';
