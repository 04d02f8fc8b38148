/**
 * What a run or version stands beside, and what it comes from.
 */
import type { WireNumber, WireRule } from './content.ts'

/** `GET /api/run/:id/standing`: how a run stands among the runs of its experiment, by last values. */
export interface WireStanding {
  readonly experiment: string
  /** Metrics that have a goal, by key. */
  readonly metrics: readonly {
    readonly key: string
    readonly rule: WireRule
    readonly value: WireNumber
    /** 1 for the best; runs of equal value share a place. */
    readonly place: number
    /** How many runs have the metric, this one included; those that did not finish and archived ones do not count. */
    readonly of: number
    /** The best of the others; `null` where it is alone. */
    readonly rival: { readonly run: string; readonly title: string; readonly value: WireNumber } | null
  }[]
  /** What it is worth being compared with, the most telling first. */
  readonly beside: readonly {
    readonly kind: 'parent' | 'production' | 'before' | 'best'
    readonly revision: string
    readonly label: string
  }[]
  /** The page of its commit on the host of the code; `null` where that is not known. */
  readonly commitPage: string | null
}

/** `GET /api/lineage?of=&nodes=`: what a revision, or `data:PIN`, came of, and what came of it; at most 200 things. */
export interface WireLineage {
  /** The key of the node it is of. */
  readonly focus: string
  /** The focus first, then by how far they are from it. */
  readonly nodes: readonly WireLineageNode[]
  /** From what was first to what came of it. */
  readonly edges: readonly { readonly from: string; readonly to: string; readonly relation: string }[]
  /** There is more than is shown. */
  readonly isCut: boolean
}

/** One thing of a lineage. */
export interface WireLineageNode {
  /** `run:01k…`, `version:churn@v3`, `alias:churn@production`, `data:sha256:…`, `group:lr-sweep`. */
  readonly key: string
  readonly kind: 'data' | 'run' | 'version' | 'alias' | 'group'
  readonly title: string
  /** May be empty. */
  readonly note: string
  /** Relations of it to things that are not shown. */
  readonly more: number
}
