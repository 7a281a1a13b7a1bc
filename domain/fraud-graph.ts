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
export const GRAPH_NODES_MOST = 400;

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

function drawn(
  links: readonly FoundLink[],
  self: { readonly applicationId: string; readonly applicantId: string | undefined },
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
  const applicantId = found.links.find((l) => l.applicationId === applicationId)?.applicantId;
  const shared = connecting(found.links);
  const links = found.links.filter((link) => shared.has(link.value));
  const people = new Set([...links.map((l) => l.applicantId), applicantId ?? applicationId]);
  const pairs = new Set(links.map((l) => `${l.applicantId}|${l.value}`));
  const defaults = new Set(
    links.filter((l) => l.inDefault && l.applicantId !== applicantId).map((l) => l.applicantId),
  );
  const possible = people.size * shared.size;
  return {
    applications: new Set([applicationId, ...links.map((l) => l.applicationId)]).size,
    persons: people.size,
    defaults: defaults.size,
    kinds: inOrder(links.map((l) => l.kind)),
    density: possible === 0 ? 0 : Math.round((pairs.size / possible) * 1000) / 1000,
    hubsIgnored: inOrder(found.hubs),
    truncated: found.truncated,
    ...drawn(links, { applicationId, applicantId }),
  };
}
