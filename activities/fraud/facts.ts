/** Gathers what the fraud rules read: velocity, lists, names, networks and places of an application, and its graph. */
import type { PersonApplication } from '../../domain/apply.ts';
import type { DeviceTrail, Visit } from '../../domain/device-trail.ts';
import {
  type FraudGraph,
  GRAPH_NODES_MOST,
  HUB_CAP,
  summariseGraph,
} from '../../domain/fraud-graph.ts';
import type { FraudInput } from '../../domain/fraud.ts';
import type { Sighting } from '../../domain/geography.ts';
import { parseMobile } from '../../domain/identifiers.ts';
import { NO_VELOCITY, type VelocityCounters } from '../../domain/fraud-signal.ts';
import { loadDeviceTrail } from '../../db/queries/apply.ts';
import { contactInDefault, countShared, type SharedBy } from '../../db/queries/fraud.ts';
import { findGraph } from '../../db/queries/fraud-graph.ts';
import { type NewListHit, recentlySeenWith } from '../../db/queries/list-lookups.ts';
import { type NetworkPlace, networksOf } from '../../db/queries/networks.ts';
import type { Tx } from '../../db/database.ts';
import { CryptoError } from '../../platform/crypto/errors.ts';
import type { FieldCipher } from '../../platform/crypto/field-cipher.ts';
import type { ActivityDeps } from '../deps.ts';
import { screenApplicant } from '../list-screening.ts';

/** Everything the rules read, with the graph as it is drawn for a reviewer, and the hits to be kept. */
export interface GatheredFacts {
  readonly facts: FraudInput;
  readonly graph: FraudGraph;
  readonly hits: readonly NewListHit[];
}

/** What the gathering begins with. */
export interface Known {
  readonly applicationId: string;
  readonly form: PersonApplication;
  readonly cipher: FieldCipher;
  readonly antiFraudScore: number | null;
  readonly submittedAt: Date | null;
}

function velocityOf(shared: readonly SharedBy[]): VelocityCounters {
  const of = (kind: SharedBy['kind']) => {
    const row = shared.find((s) => s.kind === kind);
    return row === undefined
      ? NO_VELOCITY.device
      : { day1: row.day1, day7: row.day7, day30: row.day30 };
  };
  return {
    device: of('DEVICE'),
    mobile: of('MOBILE'),
    card: of('CARD'),
    address: of('ADDRESS'),
    contact: of('CONTACT'),
    employerPhone: of('EMPLOYER_PHONE'),
    ip: of('IP'),
  };
}

/** Other applications whose places are compared; more than these nobody makes in a week. */
const OTHERS_MOST = 10;

/** The trail of another application, or null where its person's data were erased. */
async function trailOf(deps: ActivityDeps, tx: Tx, id: string): Promise<DeviceTrail | null> {
  try {
    return await loadDeviceTrail(tx, await deps.vault.of(tx, id), id);
  } catch (error) {
    if (error instanceof CryptoError && error.code === 'SUBJECT_ERASED') return null;
    throw error;
  }
}

async function visitsOfOthers(
  deps: ActivityDeps,
  tx: Tx,
  applicationId: string,
): Promise<readonly Visit[]> {
  const visits: Visit[] = [];
  for (const id of await recentlySeenWith(tx, applicationId, OTHERS_MOST))
    visits.push(...((await trailOf(deps, tx, id))?.visits ?? []));
  return visits;
}

function sightingsOf(
  visits: readonly Visit[],
  places: readonly NetworkPlace[],
): readonly Sighting[] {
  return visits.flatMap(({ at, address }): readonly Sighting[] => {
    const place = places.find((one) => one.address === address);
    // Where a data centre or a proxy stands says nothing of where the person is.
    if (place === undefined || place.kind !== 'ACCESS') return [];
    return [{ atMs: Date.parse(at), latitude: place.latitude, longitude: place.longitude }];
  });
}

async function network(deps: ActivityDeps, tx: Tx, { applicationId, form }: Known) {
  const own = form.device?.visits ?? [];
  if (own.length === 0) return { networks: [], sightings: [] };
  const visits = [...own, ...(await visitsOfOthers(deps, tx, applicationId))];
  const places = await networksOf(tx, [...new Set(visits.map(({ address }) => address))]);
  const ownAddresses = new Set(own.map(({ address }) => address));
  return {
    networks: places.filter(({ address }) => ownAddresses.has(address)),
    sightings: sightingsOf(visits, places),
  };
}

/** Gathers the facts of one application; nothing here decides anything. */
export async function gatherFacts(
  deps: ActivityDeps,
  tx: Tx,
  known: Known,
): Promise<GatheredFacts> {
  const { applicationId, form, cipher } = known;
  const { exact, hits } = await screenApplicant(tx, known);
  const black = new Set(exact.filter((e) => e.kind === 'BLACK').map((e) => e.subject));
  const grey = exact.filter((e) => e.kind === 'GREY').map((e) => e.subject);
  const contacts = form.loan.contacts.map((c) => cipher.blindIndex('mobile', c.mobile));
  const mobile = parseMobile(form.identity.mobile);
  const bounds = { hubCap: HUB_CAP, nodesMost: GRAPH_NODES_MOST };
  const graph = summariseGraph(applicationId, await findGraph(tx, applicationId, bounds));
  const facts: FraudInput = {
    device: form.device,
    trailRefused: form.trailRefused === true,
    ...(await network(deps, tx, known)),
    submittedAt: known.submittedAt?.toISOString() ?? null,
    velocity: velocityOf(await countShared(tx, applicationId)),
    lists: {
      device: black.has('DEVICE'),
      mobile: black.has('MOBILE'),
      idNumber: black.has('ID_NUMBER'),
      card: black.has('CARD'),
    },
    grey: [...new Set(grey)],
    white: exact.some((e) => e.kind === 'WHITE' && e.subject === 'ID_NUMBER'),
    // Counted once the hits are on the record, where people may have found them to be somebody else.
    sanctionsNames: 0,
    antiFraudScore: known.antiFraudScore,
    virtualMobile: mobile.ok && mobile.virtualOperator,
    contactInDefault: await contactInDefault(tx, contacts),
    graph,
  };
  return { facts, graph, hits };
}
