/** The sandbox in this process behind the real adapters: a world of its own per test file. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { createHttpPorts } from '../../activities/adapters/index.ts';
import { generateSm2KeyPair } from '../../platform/crypto/sm2.ts';
import { FAULT_NAMES } from '../../sandbox/faults.ts';
import { SERVICES } from '../../sandbox/answer.ts';
import { createSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import type { Applicant, Trouble, World } from './contracts/world.ts';

export interface SandboxWorld extends World {
  readonly sandbox: Sandbox;
  readonly trouble: Trouble;
  /** A persona by its key, as the services are asked about it. */
  persona(key: string): Applicant;
}

const rememberedRows = z.array(z.object({ requestNo: z.string(), chargedFen: z.coerce.number() }));

export async function openSandboxWorld(): Promise<SandboxWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'xindai-ports-world-'));
  const signing = { keyId: 'lender-1', ...generateSm2KeyPair() };
  const sandbox = await createSandbox({
    dataFolder: folder,
    clients: { lender: { [signing.keyId]: signing.publicKey } },
    rateLimits: false,
    // Nobody listens: callbacks are not this test's subject.
    callbackUrl: 'http://127.0.0.1:9/webhooks',
    callbackBackoffMs: 3_600_000,
  });
  const config = {
    gateway: { url: sandbox.url, appId: 'lender' },
    lender: { name: '示范消费金融' },
    staffNoticeUrl: `${sandbox.url}/staff-notices`,
    ocr: { reader: 'none', dataDir: '/nowhere' } as const,
  };
  const keys = { signing, ...sandbox.publishedKeys };
  let variant = 0;
  return {
    sandbox,
    ports: createHttpPorts(config, keys),
    caRootPem: sandbox.publishedKeys.caRootPem,
    newApplicant: async () => applicant(sandbox, 'straight-approval', (variant += 1)),
    persona: (key) => applicant(sandbox, key, 0),
    trouble: {
      hasty: createHttpPorts(config, keys, { timeoutMs: 150 }),
      strike: async (service, operation, fault, delayMs) => {
        sandbox.addFault({
          service: z.enum(SERVICES).parse(service),
          operation,
          fault: z.enum(FAULT_NAMES).parse(fault),
          count: 1,
          delayMs,
        });
      },
      remembered: async (service, requestNo) => {
        const response = await fetch(`${sandbox.url}/_admin/requests?service=${service}`);
        const rows = rememberedRows.parse(await response.json());
        return rows.find((row) => row.requestNo === requestNo) ?? null;
      },
      calm: async () => sandbox.clearFaults(),
    },
    close: async () => {
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function applicant(sandbox: Sandbox, key: string, variant: number): Applicant {
  const persona = sandbox.people.variants(key, variant, 1, new Date())?.[0];
  if (persona === undefined) throw new Error(`no persona ${key}`);
  const { identity, loan } = persona.application;
  const { name, idNumber, mobile } = identity;
  return { name, idNumber, mobile, card: loan.bankCardNumber };
}
