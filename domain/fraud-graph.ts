/** The graph of applications around one: who shares what with whom, summed up so that a person can judge it. */

/** What two applications can share. A contact's number and an applicant's mobile are one value when they are equal. */
export const GRAPH_KINDS = [
  'DEVICE',
  'MOBILE',
  'CARD',
  'ADDRESS',
  'CONTACT',
  'EMPLOYER_PHONE',
] as const;
export type GraphKind = (typeof GRAPH_KINDS)[number];

/** A value that more applications share than this belongs to no ring: an employer's switchboard, a dormitory. */
export const HUB_CAP = 50;
/** Applications and values together up to which the graph is followed. */
export const GRAPH_NODES_MOST = 300;

/**
 * What strangers have no reason to share. Colleagues share an employer's telephone and neighbours an address, so that these
 * alone would make a ring of every office and every house.
 */
const CLOSE: ReadonlySet<GraphKind> = new Set(['DEVICE', 'MOBILE', 'CARD', 'CONTACT']);

/** One application's link to one value, as the database found it. */
export interface FoundLink {
  readonly applicationId: string;
  readonly applicantId: string;
  readonly kind: GraphKind;
  /** Stands for the value, whatever it is; only equality counts. */
  readonly value: string;
  readonly inDefault: boolean;
}

export interface FoundGraph {
  readonly links: readonly FoundLink[];
  /** Kinds of values that were not followed because too many share them. */
  readonly hubs: readonly GraphKind[];
  /** The graph goes on beyond what was followed. */
  readonly truncated: boolean;
}

export interface GraphNode {
  /** Opaque, of this graph alone. */
  readonly id: string;
  readonly kind: 'APPLICATION' | GraphKind;
  /** On applications: the application asked about, another one of the same person, or another person's. */
  readonly of?: 'SELF' | 'SAME_PERSON' | 'OTHER';
  readonly inDefault?: boolean;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: GraphKind;
}

export interface GraphSummary {
  readonly applications: number;
  readonly persons: number;
  /** Other people in the graph whose loan is overdue. */
  readonly defaults: number;
  /** Kinds of values that connect different people. */
  readonly kinds: readonly GraphKind[];
  /** Links that exist of those that could, between people and the values that connect them; 0–1. */
  readonly density: number;
  readonly hubsIgnored: readonly GraphKind[];
  readonly truncated: boolean;
  /** The part that hangs together by what strangers have no reason to share; kinds are all those shared within it. */
  readonly close: {
    readonly persons: number;
    readonly defaults: number;
    readonly kinds: readonly GraphKind[];
  };
}

export interface FraudGraph extends GraphSummary {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

export const NO_GRAPH: FraudGraph = {
  applications: 1,
  persons: 1,
  defaults: 0,
  kinds: [],
  density: 0,
  hubsIgnored: [],
  truncated: false,
  close: { persons: 1, defaults: 0, kinds: [] },
  nodes: [],
  edges: [],
};

/** Values that at least two different people have. */
function connecting(links: readonly FoundLink[]): ReadonlySet<string> {
  const people = new Map<string, Set<string>>();
  for (const { value, applicantId } of links)
    people.set(value, (people.get(value) ?? new Set()).add(applicantId));
  return new Set([...people].filter(([, who]) => who.size > 1).map(([value]) => value));
}

const inOrder = (kinds: Iterable<GraphKind>): readonly GraphKind[] => {
  const held = new Set(kinds);
  return GRAPH_KINDS.filter((kind) => held.has(kind));
};

/** People reached from one of them by close links alone, that one included. */
function closePeople(links: readonly FoundLink[], applicantId: string): ReadonlySet<string> {
  const close = links.filter((link) => CLOSE.has(link.kind));
  const people = new Set([applicantId]);
  for (let before = 0; before < people.size; ) {
    before = people.size;
    const values = new Set(close.filter((l) => people.has(l.applicantId)).map((l) => l.value));
    for (const link of close) if (values.has(link.value)) people.add(link.applicantId);
  }
  return people;
}

function closePart(links: readonly FoundLink[], applicantId: string): GraphSummary['close'] {
  const people = closePeople(links, applicantId);
  const among = links.filter((link) => people.has(link.applicantId));
  const shared = connecting(among);
  return {
    persons: people.size,
    defaults: defaultsAmong(among, applicantId),
    kinds: inOrder(among.filter((link) => shared.has(link.value)).map((link) => link.kind)),
  };
}

/** Other people whose loan is overdue. */
function defaultsAmong(links: readonly FoundLink[], applicantId: string): number {
  const overdue = links.filter((link) => link.inDefault && link.applicantId !== applicantId);
  return new Set(overdue.map((link) => link.applicantId)).size;
}

function drawn(
  links: readonly FoundLink[],
  self: { readonly applicationId: string; readonly applicantId: string },
): Pick<FraudGraph, 'nodes' | 'edges'> {
  const nodes = new Map<string, GraphNode>();
  const edges: GraphEdge[] = [];
  const ofWhom = ({ applicationId, applicantId }: FoundLink) => {
    if (applicationId === self.applicationId) return 'SELF';
    return applicantId === self.applicantId ? 'SAME_PERSON' : 'OTHER';
  };
  for (const link of links) {
    const from = nodes.get(link.applicationId) ?? {
      id: `n${nodes.size + 1}`,
      kind: 'APPLICATION' as const,
      of: ofWhom(link),
      inDefault: link.inDefault,
    };
    nodes.set(link.applicationId, from);
    const to = nodes.get(link.value) ?? { id: `n${nodes.size + 1}`, kind: link.kind };
    nodes.set(link.value, to);
    edges.push({ from: from.id, to: to.id, kind: link.kind });
  }
  return { nodes: [...nodes.values()], edges };
}

/** Sums up what was found around `applicationId`; values that one person alone has are left out. */
export function summariseGraph(applicationId: string, found: FoundGraph): FraudGraph {
  const self = found.links.find((link) => link.applicationId === applicationId);
  if (self === undefined) return { ...NO_GRAPH, hubsIgnored: inOrder(found.hubs) };
  const { applicantId } = self;
  const shared = connecting(found.links);
  const links = found.links.filter((link) => shared.has(link.value));
  const people = new Set([applicantId, ...links.map((l) => l.applicantId)]);
  const pairs = new Set(links.map((l) => `${l.applicantId}|${l.value}`));
  const possible = people.size * shared.size;
  return {
    applications: new Set([applicationId, ...links.map((l) => l.applicationId)]).size,
    persons: people.size,
    defaults: defaultsAmong(links, applicantId),
    kinds: inOrder(links.map((l) => l.kind)),
    density: possible === 0 ? 0 : Math.round((pairs.size / possible) * 1000) / 1000,
    hubsIgnored: inOrder(found.hubs),
    truncated: found.truncated,
    close: closePart(links, applicantId),
    ...drawn(links, { applicationId, applicantId }),
  };
}
