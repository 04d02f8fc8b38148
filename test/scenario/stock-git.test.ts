/**
 * Somebody with git and git-lfs alone, on a host that nobody here wrote: the lines of docs/stores.md as they stand.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { sha256Of } from '../../src/base/digest.ts'
import { temporaryFolder } from '../support/repository.ts'
import { hasServer } from '../support/servers.ts'
import { serversOf, startTeam, trainerIn, writeCode } from '../support/team-world.ts'
import { makeWorld, WORLD_VARIABLES } from '../support/world.ts'

const DOCUMENT = resolve(import.meta.dirname, '..', '..', 'docs', 'stores.md')
const hasServers = serversOf('http', 'lfs').every((name) => hasServer(name, 'stock-git.test.ts'))
const hasLfs = spawnSync('git', ['lfs', 'version']).status === 0

test.skipIf(!hasServers || !hasLfs)(
  'the three lines give the bytes of a version, from nginx and giftless',
  async () => {
    const lines = linesOf(DOCUMENT)
    expect(lines).toHaveLength(3)
    const remote = await startTeam('http', 'lfs')
    const world = makeWorld({ variables: remote.variables })
    const ada = trainerIn(world, world.folder)
    writeCode(world)
    world.git('remote', 'add', 'origin', remote.url)
    world.mlv('init')
    const trained = [1, 2].map((seed) => {
      const sha256 = ada.trainFor(seed)
      world.mlv('commit', '-m', `seed ${seed}`)
      return sha256
    })
    expect(world.mlv('push').exitCode).toBe(0)

    const folder = temporaryFolder()
    const script = ['set -eu', ...lines].join('\n').replaceAll('URL', remote.url)
    const env = { ...WORLD_VARIABLES, ...remote.variables }
    const { status, stderr } = spawnSync('sh', ['-c', script], { cwd: folder, env, encoding: 'utf8' })
    expect([status, status === 0 ? '' : stderr]).toEqual([0, ''])
    const files = (number: number): string => join(folder, 'models/models/churn/versions', String(number), 'files')
    expect(sha256Of(readFileSync(join(files(2), 'weights.bin')))).toBe(trained[1])
    // Nothing else was fetched.
    expect(readFileSync(join(files(1), 'weights.bin'), 'utf8')).toContain(`oid sha256:${trained[0] ?? ''}`)
    expect(existsSync(join(folder, 'models/.git/mlv'))).toBe(false)
  },
)

/** The block of a document that begins with a clone by stock git. */
function linesOf(path: string): readonly string[] {
  const [, block = ''] = /^```sh\n(GIT_LFS_SKIP_SMUDGE=1 git clone [^`]*)```$/m.exec(readFileSync(path, 'utf8')) ?? []
  return block.trim().split('\n')
}
