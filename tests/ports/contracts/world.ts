/** What a contract suite needs of an outside world, be it the sandbox behind the real adapters or the fakes. */
import { randomBytes } from 'node:crypto';
import type { Ports } from '../../../activities/ports/index.ts';

/** A person whom every service knows well, with what the services are asked with. */
export interface Applicant {
  readonly name: string;
  readonly idNumber: string;
  readonly mobile: string;
  readonly card: string;
}

/** Makes the outside fail, and tells what it did; only a world with faults has it. */
export interface Trouble {
  /** Ports whose calls give up after a fraction of a second. */
  readonly hasty: Ports;
  /** Lets a fault strike the next call of the operation, once. */
  strike(service: string, operation: string, fault: string, delayMs?: number): Promise<void>;
  /** How the other side remembers a request number; null when it never processed it. */
  remembered(service: string, requestNo: string): Promise<{ readonly chargedFen: number } | null>;
  calm(): Promise<void>;
}

export interface World {
  readonly ports: Ports;
  /** A clean person nobody was asked about before. */
  newApplicant(): Promise<Applicant>;
  /** PEM of the root above the certificates of the world's CA. */
  readonly caRootPem: string;
  readonly trouble: Trouble | null;
  close(): Promise<void>;
}

/** A request number no test used before. */
export function newNumber(): string {
  return `XD${randomBytes(15).toString('hex').toUpperCase()}`;
}
