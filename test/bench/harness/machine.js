/**
 * What the figures were taken on.
 */
import { cpus, platform, release, totalmem } from 'node:os'
import { output } from './process.js'

/** @returns {Readonly<Record<string, string | number>>} */
export function describeMachine(/** @type {import('./peers.js').Peers} */ peers) {
  const processors = cpus()
  const version = (/** @type {import('./peers.js').Peer} */ peer) => (peer.kind === 'found' ? peer.version : 'missing')
  return {
    processor: processors[0]?.model ?? 'unknown',
    processors: processors.length,
    memoryGb: Math.round(totalmem() / 1e9),
    system: `${platform()} ${release()}`,
    node: process.versions.node,
    git: output({ argv: ['git', '--version'] }).replace('git version ', ''),
    dvc: version(peers.dvc),
    mlflow: version(peers.mlflow),
    wandb: version(peers.wandb),
    gitLfs: version(peers.gitLfs),
  }
}
