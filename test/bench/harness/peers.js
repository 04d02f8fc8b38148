/**
 * The peers of this machine. Each is asked for by importing it; what is not there is told, never remembered.
 */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { output } from './process.js'

/**
 * @typedef {{ readonly kind: 'found', readonly version: string } | { readonly kind: 'missing', readonly why: string
 * }} Peer
 *
 * @typedef {object} Peers
 * @property {string} python the interpreter that has them: `MLV_BENCH_PYTHON`, else `python3`
 * @property {Peer} dvc
 * @property {Peer} mlflow
 * @property {Peer} wandb
 * @property {Peer} gitLfs
 * @property {Peer} dvcS3 what DVC reaches a bucket with
 * @property {Peer} aws the command line of Amazon: beside the interpreter, else as the shell finds it
 * @property {string} awsProgram
 * @property {Peer} tensorboard
 * @property {Peer} aim
 * @property {string} aimPython `MLV_BENCH_AIM_PYTHON`, else the same interpreter: its dependencies exclude those of others
 */

/** @returns {Peers} */
export function findPeers() {
  const python = process.env.MLV_BENCH_PYTHON ?? 'python3'
  const aimPython = process.env.MLV_BENCH_AIM_PYTHON ?? python
  const beside = join(dirname(python), 'aws')
  const awsProgram = existsSync(beside) ? beside : 'aws'
  return {
    python,
    dvc: findModule(python, 'dvc'),
    mlflow: findModule(python, 'mlflow'),
    wandb: findModule(python, 'wandb'),
    gitLfs: find(['git', 'lfs', 'version'], 'git-lfs is not installed'),
    dvcS3: findModule(python, 'dvc_s3', 'installed'),
    aws: find([awsProgram, '--version'], 'the command line of Amazon is not installed'),
    awsProgram,
    tensorboard: findModule(python, 'tensorboard'),
    aim: findModule(aimPython, 'aim', 'installed'),
    aimPython,
  }
}

/** @param {string} [version] told of a module that does not know its own */
function findModule(/** @type {string} */ python, /** @type {string} */ name, version = undefined) {
  const tell = version === undefined ? `${name}.__version__` : `'${version}'`
  return find([python, '-c', `import ${name}; print(${tell})`], `${python} cannot import ${name}`)
}

/** @returns {Peer} */
function find(/** @type {readonly string[]} */ argv, /** @type {string} */ why) {
  try {
    return { kind: 'found', version: output({ argv }) }
  } catch {
    return { kind: 'missing', why }
  }
}
