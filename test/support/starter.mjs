/**
 * A process that does nothing but start others: `node starter.mjs ASK ANSWER`, two named pipes. A question is a line of
 * JSON, and so is its answer; bytes are base64. Ends when nobody can ask any more.
 */
import { spawnSync } from 'node:child_process'
import { openSync, readSync, writeSync } from 'node:fs'

const [askPath = '', answerPath = ''] = process.argv.slice(2)
const ask = openSync(askPath, 'r')
const answer = openSync(answerPath, 'w')
const chunk = Buffer.alloc(1 << 16)

for (let question = readLine(); question !== undefined; question = readLine()) {
  const { program, args, cwd, env, input } = JSON.parse(question)
  const bytes = input === undefined ? undefined : Buffer.from(input, 'base64')
  const ended = spawnSync(program, args, { cwd, env, input: bytes, maxBuffer: 1 << 28 })
  const [stdout, stderr] = [ended.stdout, ended.stderr].map((output) => output?.toString('base64') ?? '')
  writeLine(JSON.stringify({ status: ended.status, error: ended.error?.message, stdout, stderr }))
}

function readLine() {
  const parts = []
  for (;;) {
    const count = readSync(ask, chunk, 0, chunk.length, null)
    if (count === 0) return undefined
    parts.push(Buffer.from(chunk.subarray(0, count)))
    // One question at a time: its end is the end of what was read.
    if (chunk[count - 1] === 10) return Buffer.concat(parts).toString('utf8')
  }
}

function writeLine(text) {
  const bytes = Buffer.from(`${text}\n`)
  for (let at = 0; at < bytes.length;) at += writeSync(answer, bytes, at)
}
