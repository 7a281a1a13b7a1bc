/** The certificate authority port: requests over the gateway, every issued chain verified, and the revocation list. */
import { z } from 'zod';
import type { Clock } from '../../platform/clock.ts';
import { CryptoError } from '../../platform/crypto/errors.ts';
import { allFromPem, toPem } from '../../platform/crypto/pem.ts';
import {
  parseCertificate,
  parseCrl,
  parseCsr,
  verifyCertificateChain,
} from '../../platform/crypto/x509.ts';
import { type Numbered, type OutsideAnswer, OutsideFailure } from '../ports/answers.ts';
import type { CertificateAuthorityPort, IssuedCertificate } from '../ports/trust.ts';
import type { Gateway } from './gateway.ts';
import { exchange, type Fetch } from './http-exchange.ts';
import { toPortAnswer } from './reading.ts';

const SERVICE = 'ca';

/** A certificate is for one signing (事件型): a day of life is enough, and nobody keeps its key. */
const KIND = 'ONE_TIME';

const certificateForm = z.object({
  serial: z.string().min(1),
  certificatePem: z.string(),
  /** Issuing CA, then root. */
  chainPem: z.string(),
});
const revokedForm = z.object({ serial: z.string(), revokedAt: z.iso.datetime() });

export interface CertificateAdapterOptions {
  readonly gateway: Gateway;
  /** Where the list is fetched, for example `http://127.0.0.1:9090/ca/v1/crl`. */
  readonly crlUrl: string;
  /** PEM of the roots that issued chains must lead to. */
  readonly rootsPem: string;
  readonly clock: Clock;
  readonly timeoutMs?: number | undefined;
  readonly fetch?: Fetch | undefined;
}

export function createCertificateAdapter(
  options: CertificateAdapterOptions,
): CertificateAuthorityPort {
  const { gateway } = options;
  const roots = allFromPem('CERTIFICATE', options.rootsPem);
  return {
    async certificate(request) {
      const body = {
        kind: KIND,
        csr: Buffer.from(request.csr).toString('base64'),
        holder: { kind: 'PERSON', ...request.holder },
        evidence: request.identityEvidence,
      };
      const call = { signal: request.signal, sealedAnswer: true };
      const answer = await gateway.call(SERVICE, 'certificate', request.requestNo, body, call);
      return toPortAnswer(SERVICE, 'certificate', answer, certificateForm, (data) =>
        proveChain(data, request.csr, roots, options.clock.now()),
      );
    },
    revoke: (request) => revoke(gateway, request),
    crl: (signal) => fetchCrl(options, signal),
  };
}

/** The chain, when it leads to a root we trust and certifies the very key that was asked for. */
function proveChain(
  data: z.infer<typeof certificateForm>,
  csr: Uint8Array,
  roots: readonly Buffer[],
  now: Date,
): IssuedCertificate {
  const [leaf] = allFromPem('CERTIFICATE', data.certificatePem);
  const above = allFromPem('CERTIFICATE', data.chainPem);
  if (leaf === undefined) throw new OutsideFailure(SERVICE, 'certificate', 'BAD_ANSWER');
  const verdict = verifyCertificateChain(leaf, above, roots, now);
  if (!verdict.ok) {
    const cause = new Error(`chain refused: ${verdict.reason}`);
    throw new OutsideFailure(SERVICE, 'certificate', 'BAD_ANSWER', { cause });
  }
  const certificate = parseCertificate(leaf);
  if (certificate.publicKey !== parseCsr(csr).publicKey) {
    throw new OutsideFailure(SERVICE, 'certificate', 'WRONG_PERSON');
  }
  if (certificate.serial !== data.serial) {
    throw new OutsideFailure(SERVICE, 'certificate', 'BAD_ANSWER');
  }
  const chainPem = [leaf, ...above].map((der) => toPem('CERTIFICATE', der));
  return { serial: data.serial, chainPem };
}

async function revoke(
  gateway: Gateway,
  request: Numbered & { readonly serial: string; readonly reason: string },
): Promise<OutsideAnswer<{ readonly revokedAt: string }>> {
  const body = { serial: request.serial, reason: request.reason };
  const options = { signal: request.signal };
  const answer = await gateway.call(SERVICE, 'revoke', request.requestNo, body, options);
  return toPortAnswer(SERVICE, 'revoke', answer, revokedForm, (data) => {
    if (data.serial !== request.serial) throw new OutsideFailure(SERVICE, 'revoke', 'WRONG_PERSON');
    return { revokedAt: data.revokedAt };
  });
}

/** The list signs itself; whoever judges a certificate by it verifies that (verifyCertificateChain). */
async function fetchCrl(options: CertificateAdapterOptions, signal?: AbortSignal): Promise<Buffer> {
  const result = await exchange(options.fetch ?? globalThis.fetch, {
    url: options.crlUrl,
    method: 'GET',
    headers: {},
    timeoutMs: options.timeoutMs,
    signal,
  });
  if (result.kind !== 'ANSWERED') {
    const code = result.kind === 'NOTHING' ? 'UNREACHABLE' : 'BAD_ANSWER';
    throw new OutsideFailure(SERVICE, 'crl', code, { cause: result.cause });
  }
  if (result.status >= 500) throw new OutsideFailure(SERVICE, 'crl', 'UNREACHABLE');
  try {
    if (parseCrl(result.body).nextUpdate >= options.clock.now()) return result.body;
  } catch (cause) {
    if (!(cause instanceof CryptoError)) throw cause;
    throw new OutsideFailure(SERVICE, 'crl', 'BAD_ANSWER', { cause });
  }
  throw new OutsideFailure(SERVICE, 'crl', 'BAD_ANSWER', { cause: new Error('list ran out') });
}
