/**
 * What git could not remove: it is mlv's to remove, now or with the next commit, and nothing else is.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Files } from '../../../src/store/files/files.ts'
import { nodeFiles } from '../../../src/store/files/node-files.ts'
import type { GitEngine } from '../../../src/store/git/engine.ts'
import { openEngine } from '../../../src/store/git/open-engine.ts'
import { clearUnremoved, removeUnremoved, unremovedPaths } from '../../../src/store/git/unremoved-files.ts'
import { withWriterLock } from '../../../src/store/git/writer-lock.ts'
import { environmentWith, lockOptions } from '../../support/git-environment.ts'
import { MLV, put, updateOf, writeFile } from '../../support/git-worlds.ts'
import { systemError } from '../../support/memory-files.ts'
import { fsck, GIT_VARIABLES, makeMemoryRepository, makeRepository, SIGNATURES } from '../../support/repository.ts'
import { temporaryFolder } from '../../support/repository.ts'
import type { TestRepository } from '../../support/repository.ts'

const FOLDER = '/repository/.git'
const LOCK = `${FOLDER}/packed-refs.lock`
const COMPLAINT = `warning: unable to unlink '${LOCK}': Input/output error`

test('only what git names, and only in the repository', () => {
  const said = [
    COMPLAINT,
    "warning: unable to unlink 'objects/pack/pack-1.keep': Input/output error",
    "warning: unable to unlink '/etc/passwd': Permission denied",
    "warning: unable to unlink '../outside': Input/output error",
    "fatal: commit: unable to unlink '.git/refs/mlv/tmp/x': Input/output error",
  ].join('\n')
  expect(unremovedPaths(said, FOLDER)).toEqual([LOCK, `${FOLDER}/objects/pack/pack-1.keep`])
  expect(unremovedPaths('', FOLDER)).toEqual([])
})

describe('what cannot be removed at once either', () => {
  test('is removed by the next writer', async () => {
    const { place, files } = await withLock()
    await removeUnremoved(place, unremovable(files), [COMPLAINT])
    expect(await files.lstat(LOCK)).toBeDefined()
    await clearUnremoved(place, files)

    expect(await files.lstat(LOCK)).toBeUndefined()
    expect(await files.readFolder(`${FOLDER}/mlv`)).toEqual([])
  })

  test('is left when another program has taken the lock since', async () => {
    const { place, files } = await withLock()
    await removeUnremoved(place, unremovable(files), [COMPLAINT])
    await writeFile(files, `${LOCK}.other`, 'another')
    await files.rename(`${LOCK}.other`, LOCK)
    await clearUnremoved(place, files)

    expect(Buffer.from(await files.readFile(LOCK)).toString()).toBe('another')
  })

  test('is not taken from a note that was cut short', async () => {
    const { place, files } = await withLock()
    await removeUnremoved(place, unremovable(files), [COMPLAINT])
    const note = await files.readFile(`${FOLDER}/mlv/unremoved`)
    await writeFile(files, `${FOLDER}/mlv/unremoved`, note.subarray(0, -1))
    await clearUnremoved(place, files)

    expect(await files.lstat(LOCK)).toBeDefined()
  })
})

const hasStrace = spawnSync('strace', ['-V']).status === 0

// Where strace is absent the runner tells this title as skipped.
test.skipIf(!hasStrace).each(['update-ref', 'fast-import'])(
  'whichever file git %s fails to remove, the commit is made, the next one too, and nothing is left (needs strace)',
  async (command) => {
    for (let number = 1; number <= 6; number += 1) {
      const repository = makeRepository()
      const log = join(temporaryFolder(), 'log')
      const failing = await openWith(repository, failingUnlink(command, number, log))
      await commitOnce(repository, failing, 'failing')
      const next = await openWith(repository, GIT_VARIABLES)
      await commitOnce(repository, next, 'next')

      expect(repository.git('log', '--format=%s', 'mlv'), `unlink ${number}`).toBe('test: next\ntest: failing')
      expect(unfinished(repository), `unlink ${number}`).toEqual([])
      expect(fsck(repository)).toBe('')
    }
  },
)

/** A disk that has a lock of git's in it and removes nothing. */
async function withLock() {
  const repository = makeMemoryRepository()
  await writeFile(repository.files, LOCK, '')
  await repository.files.makeFolder(`${FOLDER}/mlv`)
  return repository
}

function unremovable(files: Files): Files {
  return { ...files, remove: (path) => (path === LOCK ? Promise.reject(systemError('EIO', path)) : files.remove(path)) }
}

/** Variables with a git on their search path of which one command fails to remove one file. */
function failingUnlink(command: string, number: number, log: string): typeof GIT_VARIABLES {
  const folder = temporaryFolder()
  const real = spawnSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).stdout.trim()
  const inject = `-e trace=unlink -e inject=unlink:error=EIO:when=${number}`
  const script = [
    '#!/bin/sh',
    'case " $* " in',
    `*" ${command} "*) exec strace -D -f -qq -o ${log} ${inject} ${real} "$@" ;;`,
    'esac',
    `exec ${real} "$@"`,
  ]
  writeFileSync(join(folder, 'git'), `${script.join('\n')}\n`)
  chmodSync(join(folder, 'git'), 0o755)
  return { ...GIT_VARIABLES, PATH: `${folder}:${GIT_VARIABLES['PATH'] ?? ''}` }
}

function openWith({ place }: TestRepository, variables: typeof GIT_VARIABLES): Promise<GitEngine> {
  return openEngine(place, nodeFiles, environmentWith(variables), 'system')
}

async function commitOnce({ place }: TestRepository, engine: GitEngine, name: string): Promise<void> {
  await withWriterLock(place, nodeFiles, lockOptions(), async () => {
    const expected = await engine.readRef(MLV)
    const update = updateOf({ expected, edits: [put(name, name)], message: `test: ${name}\n` })
    await engine.commitRefs([update], SIGNATURES)
  })
  await engine.close()
}

/** Everything in the repository that only an unfinished commit has. */
function unfinished({ place }: TestRepository): readonly string[] {
  const all = readdirSync(place.commonDir, { recursive: true, encoding: 'utf8' })
  const left = /\.lock$|\.keep$|tmp_|fast_import_crash|refs\/mlv\/tmp\/.|^mlv\/./
  return all.filter((path) => left.test(path) && existsSync(join(place.commonDir, path)))
}
