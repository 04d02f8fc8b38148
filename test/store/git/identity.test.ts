/**
 * Who commits: git's own order of who says so, against what stock git answers in the same world.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { present } from '../../../src/base/assert.ts'
import { nodeFiles } from '../../../src/store/files/node-files.ts'
import { readSignatures } from '../../../src/store/git/identity.ts'
import { openEngine } from '../../../src/store/git/open-engine.ts'
import { probeRepository } from '../../../src/store/git/probe.ts'
import { environmentWith } from '../../support/git-environment.ts'
import { MLV, put, updateOf } from '../../support/git-worlds.ts'
import { makeRepository, temporaryFolder } from '../../support/repository.ts'

const SSH_KEYGEN = '/usr/bin/ssh-keygen'

type Variables = Readonly<Record<string, string | undefined>>

/** A repository whose user says this much in their own config, and in variables. */
async function whoIn(config: string, variables: Variables = {}): Promise<string> {
  const { place } = makeRepository()
  const global = join(temporaryFolder(), 'config')
  writeFileSync(global, config)
  const environment = environmentWith({ GIT_CONFIG_GLOBAL: global, ...variables })
  try {
    const { author, committer, sign } = await readSignatures(place, nodeFiles, environment)
    const signed = sign === true ? ', signed' : ''
    return `${author.name} <${author.email}>, ${committer.name} <${committer.email}>${signed}`
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

const ADA = '[user]\n\tname = Ada Example\n\temail = ada@example.com\n'

describe.each([
  ['with git', {}],
  ['without git', { PATH: '/nonexistent' }],
])('%s', (_, world: Variables) => {
  const who = (config: string, variables: Variables = {}) => whoIn(config, { ...world, ...variables })

  test('the user of the config, then author and committer, then variables', async () => {
    expect(await who(ADA)).toBe('Ada Example <ada@example.com>, Ada Example <ada@example.com>')
    expect(await who(`${ADA}[author]\n\tname = "Bob; B." # and so on\n`)).toBe(
      'Bob; B. <ada@example.com>, Ada Example <ada@example.com>',
    )
    expect(await who(ADA, { GIT_COMMITTER_NAME: 'Ci', GIT_COMMITTER_EMAIL: 'ci@example.com' })).toBe(
      'Ada Example <ada@example.com>, Ci <ci@example.com>',
    )
    expect(await who('[user]\n\tname = Ada\n', { EMAIL: 'e@example.com' })).toBe(
      'Ada <e@example.com>, Ada <e@example.com>',
    )
  })

  test('commit.gpgsign asks for signatures', async () => {
    expect(await who(`${ADA}[commit]\n\tgpgsign\n`)).toMatch(/, signed$/)
    expect(await who(`${ADA}[commit]\n\tgpgSign = yes\n`)).toMatch(/, signed$/)
    expect(await who(`${ADA}[commit]\n\tgpgsign = false\n`)).not.toMatch(/signed/)
  })

  test('nobody is guessed when the user forbids it', async () => {
    expect(await who('[user]\n\tuseConfigOnly = true\n\tname = Ada\n')).toBe(
      'git does not know who you are: user.email is not set',
    )
  })
})

test('includes count, as git resolves them', async () => {
  const included = join(temporaryFolder(), 'included')
  writeFileSync(included, ADA)
  expect(await whoIn(`[include]\n\tpath = ${included}\n`)).toMatch(/^Ada Example/)
})

test('a time is the time of the clock, in UTC', async () => {
  const { place } = makeRepository()
  const { clock } = environmentWith()
  const environment = { ...environmentWith({ GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@b', GIT_COMMITTER_NAME: 'A' }) }
  const at = { ...environment, variables: { ...environment.variables, EMAIL: 'a@b' } }
  const { author } = await readSignatures(place, nodeFiles, {
    ...at,
    clock: { ...clock, nowMs: () => 1_795_165_200_999 },
  })

  expect(author).toEqual({ name: 'A', email: 'a@b', atSeconds: 1_795_165_200, zone: '+0000' })
})

test.runIf(existsSync(SSH_KEYGEN))('a signed commit is one git verifies, with the same tree and message', async () => {
  const { place, git } = makeRepository()
  const nest = temporaryFolder()
  const key = join(nest, 'key')
  execFileSync(SSH_KEYGEN, ['-q', '-t', 'ed25519', '-N', '', '-C', 'ada', '-f', key])
  const allowed = join(nest, 'allowed')
  const publicKey = execFileSync(SSH_KEYGEN, ['-y', '-f', key]).toString('utf8')
  writeFileSync(allowed, `ada@example.com ${publicKey}`)
  const global = join(nest, 'config')
  writeFileSync(global, `${ADA}\tsigningKey = ${key}\n[gpg]\n\tformat = ssh\n[commit]\n\tgpgsign = true\n`)
  const environment = environmentWith({ GIT_CONFIG_GLOBAL: global })
  const engine = await openEngine(
    await probeRepository(nodeFiles, present(place.worktree, 'a worktree'), environment),
    nodeFiles,
    environment,
    'system',
  )
  onTestFinished(() => engine.close())
  const signatures = await readSignatures(place, nodeFiles, environment)
  const [first] = await engine.commitRefs([updateOf({ edits: [put('a', '1')] })], signatures)
  const next = updateOf({ expected: first, edits: [put('b', '2')], message: 'second\n\n# kept\n' })
  const [second] = await engine.commitRefs([next], signatures)

  expect(git('rev-list', MLV)).toBe(`${second ?? ''}\n${first ?? ''}`)
  expect(git('-c', `gpg.ssh.allowedSignersFile=${allowed}`, 'log', '--format=%G? %s', MLV)).toBe(
    'G second\nG test: commit',
  )
  expect(git('ls-tree', '--name-only', MLV)).toBe('a\nb')
  expect((await engine.readCommit(present(second, 'a tip'))).message).toBe('second\n\n# kept\n')
  expect(git('for-each-ref', 'refs/mlv/')).toBe('')
})
