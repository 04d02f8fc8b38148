/**
 * Pull requests on each forge, as a job of its continuous integration meets them: opened, pushed to again, rebased, two
 * workflows, a fork, and people who would like to speak in our name.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { JOB_LOGIN } from '../support/forge-server.ts'
import type { ForgeFlavour } from '../support/forge-server.ts'
import { temporaryFolder } from '../support/repository.ts'
import { FORGE_TOKEN, makeRequestWorld } from '../support/request-world.ts'

describe.each<ForgeFlavour>(['github', 'gitea', 'gitlab'])('on %s', (flavour) => {
  test('a request is commented once, and the comment follows every push and a rebase', async () => {
    const { forge, push, job, author } = await makeRequestWorld(flavour)
    push('Wider', [0.9, 0.904, 0.902])
    const opened = await job(['pr', 'comment'])
    expect(opened).toMatchObject({ exitCode: 0, stderr: '', stdout: '#7: comment 1 on churn created\n' })
    expect(forge.comments).toHaveLength(1)
    expect(forge.comments[0]?.body).toMatch(/^<!-- mlv:report [0-9a-f]{32} -->\n### `churn`: 1 worse\n/)
    expect(forge.statuses.at(-1)).toMatchObject({
      context: 'mlv/churn',
      state: flavour === 'gitlab' ? 'failed' : 'failure',
      description: 'gates: 1 of 2 broken; 1 worse',
    })

    push('Wider still', [0.95, 0.954, 0.952])
    expect((await job(['pr', 'comment'])).stdout).toBe('#7: comment 1 on churn edited\n')
    expect((await job(['pr', 'comment'])).stdout).toBe('#7: comment 1 on churn unchanged\n')
    expect(forge.comments[0]?.body).toContain('### `churn`: 1 better')
    expect(forge.statuses.at(-1)).toMatchObject({ state: 'success', description: 'gates: 2 kept; 1 better' })

    // The commits get new names, and the code that ran stays what it was.
    author.git('commit', '--quiet', '--amend', '--message=Reworded')
    author.git('push', '--quiet', '--force', 'origin', 'wider')
    forge.request.head = author.git('rev-parse', 'HEAD')
    expect((await job(['pr', 'comment'])).exitCode).toBe(0)
    expect(forge.comments).toHaveLength(1)
    expect(forge.comments[0]?.body).toContain('### `churn`: 1 better')
    expect([...forge.tokens].every((token) => token.includes(FORGE_TOKEN))).toBe(true)
    for (const { stdout, stderr } of [opened]) expect(stdout + stderr).not.toContain(FORGE_TOKEN)
  })
})

test('two workflows have a comment each, a forged marker selects none, and two fast jobs leave one', async () => {
  const { forge, push, job } = await makeRequestWorld('github')
  push('Wider', [0.95])
  await job(['pr', 'comment'])
  const [ours] = forge.comments
  forge.comments.unshift({ id: 100, author: 'mallory', body: ours?.body ?? '' })
  forge.comments.push({ id: 101, author: JOB_LOGIN.github, body: `words first\n${ours?.body ?? ''}` })
  expect((await job(['pr', 'comment'])).stdout).toBe('#7: comment 1 on churn unchanged\n')
  await job(['pr', 'comment'], { workflow: 'nightly' })
  expect(forge.comments.map(({ author }) => author)).toEqual(['mallory', ...Array<string>(3).fill(JOB_LOGIN.github)])

  forge.comments.length = 0
  const marked = ours?.body ?? ''
  forge.beforeCreate = () => void forge.comments.push({ id: 1, author: JOB_LOGIN.github, body: marked })
  expect((await job(['pr', 'comment'])).stdout).toBe('#7: comment 1 on churn edited\n')
  expect(forge.comments).toHaveLength(1)
})

test('a job that was slow says nothing over a newer commit, and a busy forge is asked again', async () => {
  const { forge, push, job } = await makeRequestWorld('github')
  push('Wider', [0.95])
  forge.failures.push(503, 429)
  expect((await job(['pr', 'comment'])).stdout).toBe('#7: comment 1 on churn created\n')
  forge.request.head = 'f'.repeat(40)
  expect((await job(['pr', 'comment'])).stdout).toMatch(/^nothing posted: #7 has moved on from /)
  expect(forge.comments).toHaveLength(1)
})

test('a fork: its job writes a report and may post nothing; a second job checks and posts it', async () => {
  const { forge, push, job } = await makeRequestWorld('github')
  push('Wider', [0.95])
  const folder = temporaryFolder()
  const report = join(folder, 'report.json')
  const readOnly = { variables: { GITHUB_TOKEN: undefined } }
  expect((await job(['pr', 'report', '--format', 'json', '--output', report], readOnly)).exitCode).toBe(0)
  expect(await job(['pr', 'comment'], readOnly)).toMatchObject({ exitCode: 6 })

  const event = join(folder, 'event.json')
  const run = {
    name: 'train',
    head_sha: forge.request.head,
    head_branch: 'wider',
    head_repository: { owner: { login: 'fork-owner' } },
  }
  writeFileSync(event, JSON.stringify({ workflow_run: run }))
  const second = { folder, variables: { GITHUB_EVENT_PATH: event } }
  expect((await job(['pr', 'comment', '--report', 'report.json'], second)).stdout).toBe(
    '#7: comment 1 on churn created\n',
  )
  expect(forge.comments[0]?.body).toContain('### `churn`: 1 better')
  expect(forge.comments[0]?.body).toContain('a job of the fork of fork-owner wrote this report')
  // What a fork says of itself passes nothing that a branch may require.
  expect(forge.statuses).toEqual([])

  // What the fork's job wrote is data: it cannot add text of its own, and what is no report is refused.
  const forged = readFileSync(report, 'utf8').replace(
    '"label": ',
    '"label": "[click](https://evil.example) `x` @org/team\\n### all good", "was": ',
  )
  writeFileSync(report, forged)
  expect((await job(['pr', 'comment', '--report', 'report.json'], second)).exitCode).toBe(0)
  expect(forge.comments[0]?.body).toContain('``[click](https://evil.example) `x` @org/team⏎### all good (3 runs)``')
  writeFileSync(report, forged.replace('"better"', '"splendid"'))
  expect(await job(['pr', 'comment', '--report', 'report.json'], second)).toMatchObject({ exitCode: 4 })
  writeFileSync(event, JSON.stringify({ workflow_run: { ...run, head_sha: 'a'.repeat(40) } }))
  writeFileSync(report, forged)
  expect(await job(['pr', 'comment', '--report', 'report.json'], second)).toMatchObject({ exitCode: 2 })
})

test('the summary of the job and every format of the report, to files', async () => {
  const { push, job } = await makeRequestWorld('github')
  push('Wider', [0.9, 0.904, 0.902])
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'out'))
  const summary = join(folder, 'summary.md')
  writeFileSync(summary, 'before\n')
  const variables = { GITHUB_STEP_SUMMARY: summary }
  for (const format of ['markdown', 'html', 'json', 'junit', 'sarif']) {
    const args = ['pr', 'report', '--format', format, '--output', join(folder, `report.${format}`)]
    expect(await job(args, { variables })).toMatchObject({ exitCode: 0 })
  }
  expect(await job(['pr', 'report', '--summary', '--exit-code'], { variables })).toMatchObject({ exitCode: 1 })
  expect(readFileSync(summary, 'utf8')).toBe(`before\n${readFileSync(join(folder, 'report.markdown'), 'utf8')}`)
  expect(readFileSync(join(folder, 'report.junit'), 'utf8')).toContain('<failure message="worse by 0.02"/>')
})
