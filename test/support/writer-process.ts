/**
 * A program that commits to `refs/heads/mlv` under the writer's lock, for tests that need real processes to race and to
 * kill: `node writer.js FOLDER NAME COUNT`. A commit's name is printed only after it was acknowledged.
 */
import { writeSync } from 'node:fs'
import { parseRefName } from '../../src/domain/ref-name.ts'
import { rootPath } from '../../src/domain/tree-path.ts'
import { nodeFiles } from '../../src/store/files/node-files.ts'
import type { Signature } from '../../src/store/git/engine.ts'
import { openEngine } from '../../src/store/git/open-engine.ts'
import { probeRepository } from '../../src/store/git/probe.ts'
import { withWriterLock } from '../../src/store/git/writer-lock.ts'
import { environmentWith, lockOptions } from './git-environment.ts'

const [folder = '', name = '', count = '0'] = process.argv.slice(2)
const ref = parseRefName('refs/heads/mlv')
const signature: Signature = { name: 'Ada', email: 'ada@example.com', atSeconds: 1_795_165_200, zone: '+0000' }

const environment = environmentWith()
const place = await probeRepository(nodeFiles, folder, environment)
const engine = await openEngine(place, nodeFiles, environment, 'system')
for (let index = 0; index < Number(count); index += 1) {
  const tip = await withWriterLock(place, nodeFiles, lockOptions(), async () => {
    const bytes = Buffer.from(`${name} ${index}\n`)
    const update = {
      ref,
      expected: await engine.readRef(ref),
      edits: [{ kind: 'put', path: rootPath(`runs/${name}/${index}`), bytes }] as const,
      alsoParents: [],
      message: `${name}: commit ${index}\n`,
    }
    const [commit] = await engine.commitRefs([update], { author: signature, committer: signature })
    return commit
  })
  // Written at once: a line in a buffer would be lost to a kill that comes after the promise.
  writeSync(1, `${tip ?? 'none'}\n`)
}
await engine.close()
