/**
 * Commits as much as a run, by stock git: `node git-writer.js FOLDER COUNT SEED`. Reads the tip, imports a commit on it,
 * and moves the branch if it has not moved meanwhile; else waits, longer each time, and starts again. Objects are loose:
 * with a pack a try, what failed tries leave would slow every later one. Speaks as `mlv-writer.js` does.
 */
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { randomNumbers } from '../harness/random.js'
import { randomRecord } from '../harness/run-files.js'
import { fastImportLoose, moveRef } from '../harness/stock-git.js'

const [folder, count, seed] = process.argv.slice(2)
const random = randomNumbers(Number(seed))
const ref = 'refs/heads/mlv'

/** Longer than 32 commits take one after the other, so that most tries meet nobody. */
const LONGEST_WAIT_MS = 3000

const temporary = `refs/bench/${seed}`
writeSync(1, 'ready\n')
await once(process.stdin, 'data')
for (let index = 0; index < Number(count); index += 1) {
  const content = JSON.stringify(randomRecord(random), undefined, 2)
  writeSync(1, `${await commitOnTip(`runs/${seed}/${index}/run.yaml`, content)}\n`)
}
process.stdin.destroy()

async function commitOnTip(path, content) {
  for (let tries = 0; ; tries += 1) {
    const from = printed(run({ argv: ['git', 'rev-parse', ref], cwd: folder }))
    const to = printed(run(fastImportLoose(folder, streamOf(from, path, content))))
    const moved = run(moveRef(folder, { ref, from, to, temporary }))
    if (moved.status === 0) return to
    // Another writer was first, or held the lock for longer than git waits.
    if (!/cannot lock ref/.test(moved.stderr)) printed(moved)
    await setTimeout(random() * Math.min(LONGEST_WAIT_MS, 20 * 2 ** tries))
  }
}

function run({ argv, cwd, input }) {
  const [program, ...args] = argv
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, input })
  return { status, stdout: stdout.toString().trim(), stderr: stderr.toString() }
}

function printed({ status, stdout, stderr }) {
  if (status !== 0) throw new Error(`git ended with ${status}: ${stderr}`)
  return stdout
}

function streamOf(from, path, content) {
  return [
    `commit ${temporary}\nmark :1`,
    `committer Ada <ada@example.com> ${Math.floor(Date.now() / 1000)} +0000`,
    `data 4\nrun\nfrom ${from}`,
    `M 100644 inline ${path}`,
    `data ${Buffer.byteLength(content)}\n${content}`,
    'get-mark :1\ndone\n',
  ].join('\n')
}
