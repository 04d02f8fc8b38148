/**
 * The peers of this machine. Each is asked for by importing it; what is not there is told, never remembered.
 */
import { output } from './process.js'

/**
 * @typedef {{ readonly kind: 'found', readonly version: string } | { readonly kind: 'missing', readonly why: string }} Peer
 *
 * @typedef {object} Peers
 * @property {string} python the interpreter that has them: `MLV_BENCH_PYTHON`, else `python3`
 * @property {Peer} dvc
 * @property {Peer} mlflow
 * @property {Peer} wandb
 * @property {Peer} gitLfs
 */

/** @returns {Peers} */
export function findPeers() {
  const python = process.env.MLV_BENCH_PYTHON ?? 'python3'
  return {
    python,
    dvc: findModule(python, 'dvc'),
    mlflow: findModule(python, 'mlflow'),
    wandb: findModule(python, 'wandb'),
    gitLfs: find(['git', 'lfs', 'version'], 'git-lfs is not installed'),
  }
}

function findModule(/** @type {string} */ python, /** @type {string} */ name) {
  return find([python, '-c', `import ${name}; print(${name}.__version__)`], `${python} cannot import ${name}`)
}

/** @returns {Peer} */
function find(/** @type {readonly string[]} */ argv, /** @type {string} */ why) {
  try {
    return { kind: 'found', version: output({ argv }) }
  } catch {
    return { kind: 'missing', why }
  }
}
