/** Every port of the outside over HTTP: one signed gateway, and beside it the time stamps and the revocation list. */
import { type Clock, systemClock } from '../../platform/clock.ts';
import type { Ports } from '../ports/index.ts';
import { createBankAdapter } from './bank.ts';
import { createBaihangAdapter, createPbocAdapter } from './bureaus.ts';
import { createCertificateAdapter } from './certificates.ts';
import { createGateway, type ServiceKey } from './gateway.ts';
import type { Fetch } from './http-exchange.ts';
import { createIdentityAdapter } from './identity.ts';
import { createNoticeAdapter } from './notice.ts';
import { createOcr, type OcrConfig } from './ocr/index.ts';
import { createRegistryAdapter } from './registry.ts';
import { createStaffNoticeAdapter } from './staff-notice.ts';
import { createTimestampAdapter } from './timestamp.ts';

/** The part of the configuration that the ports need (`platform/config.ts` Config fits). */
export interface HttpPortsConfig {
  readonly gateway: { readonly url: string; readonly appId: string };
  readonly lender: { readonly name: string };
  readonly ocr: OcrConfig;
  /** Webhook that wakes the lender's people. */
  readonly staffNoticeUrl: string | undefined;
}

/** The keys that the ports need (`platform/keys.ts` GatewayKeys fits). */
export interface HttpPortsKeys {
  readonly signing: { readonly keyId: string; readonly privateKey: string };
  readonly services: Readonly<Record<string, ServiceKey>>;
  readonly encryptionPublicKey: string;
  readonly caRootPem: string;
  readonly tsaCertificatePem: string;
}

export interface HttpPortsOptions {
  readonly clock?: Clock | undefined;
  /** For every call, in milliseconds; 8000 unless told. */
  readonly timeoutMs?: number | undefined;
  readonly fetch?: Fetch | undefined;
}

export function createHttpPorts(
  config: HttpPortsConfig,
  keys: HttpPortsKeys,
  options: HttpPortsOptions = {},
): Ports {
  const { timeoutMs, fetch } = options;
  const clock = options.clock ?? systemClock;
  const base = config.gateway.url.replace(/\/+$/, '');
  const gateway = createGateway({
    baseUrl: base,
    appId: config.gateway.appId,
    keyId: keys.signing.keyId,
    privateKey: keys.signing.privateKey,
    serviceKeys: keys.services,
    encryptionPublicKey: keys.encryptionPublicKey,
    clock,
    timeoutMs,
    fetch,
  });
  return {
    identity: createIdentityAdapter(gateway),
    pboc: createPbocAdapter(gateway, config.lender.name),
    baihang: createBaihangAdapter(gateway),
    registry: createRegistryAdapter(gateway),
    ca: createCertificateAdapter({
      gateway,
      crlUrl: `${base}/ca/v1/crl`,
      rootsPem: keys.caRootPem,
      clock,
      timeoutMs,
      fetch,
    }),
    tsa: createTimestampAdapter({
      url: `${base}/tsa`,
      trustedCertificates: [keys.tsaCertificatePem],
      timeoutMs,
      fetch,
    }),
    bank: createBankAdapter(gateway),
    ocr: createOcr(config.ocr, gateway),
    notice: createNoticeAdapter(gateway),
    staffNotice: createStaffNoticeAdapter({
      url: config.staffNoticeUrl,
      appId: config.gateway.appId,
      keyId: keys.signing.keyId,
      privateKey: keys.signing.privateKey,
      clock,
      timeoutMs,
      fetch,
    }),
  };
}
