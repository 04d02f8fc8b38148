/**
 * Very many objects at a stroke: all of them in order, and no more listeners on the pipe than one wait needs.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { present } from '../../../src/base/assert.ts'
import { parseOid } from '../../../src/domain/oid.ts'
import { nodeFiles } from '../../../src/store/files/node-files.ts'
import { readInBulk } from '../../../src/store/git/bulk-reader.ts'
import { findGit } from '../../../src/store/git/git-command.ts'
import { environmentWith } from '../../support/git-environment.ts'
import { makeRepository } from '../../support/repository.ts'

/** More than fifteen times what is written at once: Node warns of the eleventh listener. */
const COUNT = 65_000

test('a pipe that is full many times over is waited for without piling up listeners', async () => {
  const warnings: string[] = []
  const onWarning = (warning: Error): void => void warnings.push(warning.name)
  process.on('warning', onWarning)
  onTestFinished(() => void process.removeListener('warning', onWarning))
  const { git: run, place } = makeRepository()
  const file = join(place.commonDir, 'content')
  writeFileSync(file, 'a blob')
  const oid = present(parseOid(run('hash-object', '-w', '--', file)), 'the name of the blob')
  const git = present(await findGit(nodeFiles, environmentWith()), 'git')
  let count = 0
  const oids = new Array<typeof oid>(COUNT).fill(oid)
  for await (const objects of readInBulk({ git, gitDir: place.gitDir }, 'blob', oids)) {
    count += objects.length
    expect(Buffer.from(objects[0] ?? []).toString()).toBe('a blob')
  }
  expect(count).toBe(COUNT)
  expect(warnings).toEqual([])
})
