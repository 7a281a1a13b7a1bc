/** Relays the outbox: sends applicants and the lender's people their notices, at least once, under the number of the item, and gives up by name. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { IdentityPage } from '../domain/apply.ts';
import { loadPartialForm } from '../db/queries/apply.ts';
import {
  CODE_TOPIC,
  markDelivered,
  type OutboxItem,
  putOff,
  takeDue,
} from '../db/queries/outbox.ts';
import { openMessage } from './code-message.ts';
import { CryptoError } from '../platform/crypto/errors.ts';
import type { ActivityDeps } from './deps.ts';
import { codeText, invitationText, noticeText, signingCodeText } from './notices.ts';
import { OutsideFailure } from './ports/answers.ts';
import { type StaffNotice, staffNoticeOf } from './staff-notices.ts';

const BATCH = 50;
const LEASE_SECONDS = 60;
/** Somebody waits for a code with the page open. */
const IDLE_MS = 250;
const MOST_ATTEMPTS = 12;
const LONGEST_DELAY_SECONDS = 3_600;

/** What the relay uses of the worker's parts. */
export type RelayDeps = Pick<ActivityDeps, 'db' | 'vault'> & {
  readonly ports: Pick<ActivityDeps['ports'], 'notice' | 'staffNotice'>;
  readonly log: Pick<ActivityDeps['log'], 'warn' | 'error'>;
};

export interface Relay {
  stop(): Promise<void>;
}

/** The number under which the notice is sent; the same for every attempt, so a lost answer sends nothing twice. */
const requestNo = (item: OutboxItem): string =>
  `XN${item.id.replaceAll('-', '').slice(0, 30).toUpperCase()}`;

/** A code that came too late to be of use is not sent any more. */
async function deliverCode(deps: RelayDeps, item: OutboxItem): Promise<void> {
  const code = openMessage(await deps.vault.ofHouse(deps.db), item);
  if ('invitation' in code) {
    const text = invitationText(code.invitation, code.reminds);
    await deps.ports.notice.sms({ requestNo: requestNo(item), mobile: code.mobile, text });
    return;
  }
  if (code.expiresAt <= new Date()) return;
  const text =
    code.contract === null ? codeText(code.code) : signingCodeText(code.code, code.contract);
  await deps.ports.notice.sms({ requestNo: requestNo(item), mobile: code.mobile, text });
}

/** Who is told; nobody, when the person was erased meanwhile. */
async function addresseeOf(deps: RelayDeps, applicationId: string): Promise<IdentityPage | null> {
  try {
    const cipher = await deps.vault.of(deps.db, applicationId);
    return (await loadPartialForm(deps.db, cipher, applicationId)).identity;
  } catch (error) {
    if (error instanceof CryptoError && error.code === 'SUBJECT_ERASED') return null;
    throw error;
  }
}

async function tellStaff(deps: RelayDeps, item: OutboxItem, notice: StaffNotice): Promise<void> {
  const { topic, applicationId, payload } = item;
  const about = { applicationId, ...payload };
  await deps.ports.staffNotice.tell({ requestNo: requestNo(item), topic, ...notice, about });
}

async function deliver(deps: RelayDeps, item: OutboxItem): Promise<void> {
  if (item.topic === CODE_TOPIC) return await deliverCode(deps, item);
  const forStaff = staffNoticeOf(item.topic, item.payload);
  if (forStaff !== null) return await tellStaff(deps, item, forStaff);
  if (item.applicationId === null) return;
  const text = noticeText(item.topic, item.payload);
  if (text === null) return;
  const identity = await addresseeOf(deps, item.applicationId);
  if (identity === null) return;
  await deps.ports.notice.sms({ requestNo: requestNo(item), mobile: identity.mobile, text });
}

async function relayOne(deps: RelayDeps, item: OutboxItem): Promise<boolean> {
  try {
    await deliver(deps, item);
    return true;
  } catch (error) {
    const code = error instanceof OutsideFailure ? error.message : 'INTERNAL';
    const final = error instanceof OutsideFailure && !error.retryable;
    const giveUp = final || item.attempts >= MOST_ATTEMPTS;
    const delaySeconds = Math.min(2 ** item.attempts, LONGEST_DELAY_SECONDS);
    await putOff(deps.db, item.id, { code, delaySeconds, giveUp });
    deps.log.warn({ outboxId: item.id, topic: item.topic, code, giveUp }, 'notice not delivered');
    return false;
  }
}

/** One round: takes what is due and says how much that was. */
export async function relayDue(deps: RelayDeps): Promise<number> {
  const items = await takeDue(deps.db, BATCH, LEASE_SECONDS);
  const sent = await Promise.all(items.map((item) => relayOne(deps, item)));
  await markDelivered(
    deps.db,
    items.filter((_, i) => sent[i] === true).map((item) => item.id),
  );
  return items.length;
}

/** Relays until it is stopped. A failing database is logged and tried again: the rows wait. */
export function startOutboxRelay(deps: RelayDeps): Relay {
  const stopping = new AbortController();
  const pause = (ms: number): Promise<void> =>
    sleep(ms, undefined, { signal: stopping.signal }).catch(() => undefined);
  const running = (async () => {
    while (!stopping.signal.aborted) {
      try {
        if ((await relayDue(deps)) < BATCH) await pause(IDLE_MS);
      } catch (error) {
        deps.log.error({ err: error }, 'outbox relay failed');
        await pause(IDLE_MS * 5);
      }
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
