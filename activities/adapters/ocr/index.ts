/** Which reader of papers this installation has: its own, a vendor's behind the gateway, or none. */
import type { OcrPort } from '../../ports/ocr.ts';
import type { Gateway } from '../gateway.ts';
import { createEngine } from './engine.ts';
import { createLocalOcr } from './local.ts';
import { createVendorOcr } from './vendor.ts';

/** The part of the configuration that says who reads (`platform/config.ts` Config fits). */
export interface OcrConfig {
  readonly reader: 'local' | 'gateway' | 'none';
  /** Folder of chi_sim.traineddata. */
  readonly dataDir: string;
}

const nobody: OcrPort = {
  read: async () => ({ kind: 'UNAVAILABLE' }),
  close: async () => undefined,
};

export function createOcr({ reader, dataDir }: OcrConfig, gateway: Gateway): OcrPort {
  if (reader === 'none') return nobody;
  return reader === 'gateway' ? createVendorOcr(gateway) : createLocalOcr(createEngine(dataDir));
}
