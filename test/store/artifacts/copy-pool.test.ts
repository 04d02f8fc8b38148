/**
 * Worker threads do what this thread would: tried on a bundle laid out as the real one is, where the worker is a file
 * of its own and this module may be in a folder of shared chunks.
 */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { sha256Of } from '../../../src/base/digest.ts'
import { forEachAtOnce, mapAtOnce } from '../../../src/store/artifacts/at-once.ts'
import { copyAll } from '../../../src/store/artifacts/copy-pool.ts'
import { nodeFiles } from '../../../src/store/files/node-files.ts'
import { temporaryFolder } from '../../support/repository.ts'

const SOURCE = resolve('src/store/artifacts')

/** Copies files said to be large, and prints what came of each and how often this thread hashed. */
const PROGRAM = `
  import { copyAll } from '${SOURCE}/copy-pool.ts'
  import { nodeFiles } from '${SOURCE}/../files/node-files.ts'
  import { createHash } from 'node:crypto'
  export const run = async (folder, names) => {
    const hashedHere = []
    const update = createHash('sha256').constructor.prototype.update
    createHash('sha256').constructor.prototype.update = function (chunk, ...rest) {
      hashedHere.push(chunk.length)
      return update.call(this, chunk, ...rest)
    }
    const tasks = names.map((name) => ({
      source: folder + '/' + name, target: folder + '/' + name + '.copy', permissions: 0o644, durable: false,
      tensors: name.endsWith('.safetensors'), sizeBytes: 80 * 1024 * 1024,
    }))
    const said = {}
    try {
      await copyAll(nodeFiles, tasks, async (task, copied) => {
        said[task.source.split('/').at(-1)] = copied.sha256 + ' ' + (copied.tensors?.kind ?? 'no tensors')
      })
    } catch (error) {
      said.error = error.code
    }
    console.log(JSON.stringify({ said, hashedHere: hashedHere.length }))
  }
`

test.each(['split', 'whole'])(
  'in a %s bundle large files are digested by threads, and answers are the same',
  async (form) => {
    const { folder, run } = await bundled(form === 'split')
    const contents = ['one', 'two'].map((text) => Buffer.from(text))
    for (const [index, content] of contents.entries()) writeFileSync(join(folder, `f${index}.safetensors`), content)

    expect(run('f0.safetensors', 'f1.safetensors')).toEqual({
      said: {
        'f0.safetensors': `${sha256Of(contents[0] ?? '')} unreadable`,
        'f1.safetensors': `${sha256Of(contents[1] ?? '')} unreadable`,
      },
      hashedHere: 0,
    })
    // What fails in a thread fails here with its own error.
    expect(run('f1.safetensors', 'absent')).toMatchObject({ said: { error: 'ENOENT' } })
  },
)

test('a thread that is done with one file takes the next', async () => {
  const { folder, run } = await bundled(false)
  const names = Array.from({ length: 40 }, (_, index) => `f${index}`)
  for (const name of names) writeFileSync(join(folder, name), name)
  expect(run(...names)).toEqual({
    said: Object.fromEntries(names.map((name) => [name, `${sha256Of(name)} no tensors`])),
    hashedHere: 0,
  })
})

test('without the bundle everything is done in this thread', async () => {
  const folder = temporaryFolder()
  const names = ['a', 'b']
  for (const name of names) writeFileSync(join(folder, name), name)
  const done: string[] = []
  const tasks = names.map((name) => ({
    source: join(folder, name),
    target: join(folder, `${name}.copy`),
    permissions: 0o600,
    durable: true,
    tensors: false,
    // Only who copies depends on the size that was known before.
    sizeBytes: 100 * 1024 * 1024,
  }))
  await copyAll(nodeFiles, tasks, (_, { sha256, sizeBytes }) =>
    Promise.resolve(void done.push(`${sha256} ${sizeBytes}`)),
  )
  expect(done.sort()).toEqual(names.map((name) => `${sha256Of(name)} 1`).sort())
})

test('a failure lets what is under way end, and begins nothing more', async () => {
  const begun: number[] = []
  const ended: number[] = []
  const work = async (item: number) => {
    begun.push(item)
    await Promise.resolve()
    if (item === 1) throw new Error('second')
    await new Promise(setImmediate)
    ended.push(item)
  }
  await expect(forEachAtOnce([0, 1, 2, 3, 4, 5], 3, work)).rejects.toThrow('second')
  expect(begun).toEqual([0, 1, 2])
  expect(ended).toEqual([0, 2])
})

test('mapping keeps the order of the items, whichever ends first', async () => {
  const ends = [30, 1, 20].map((turns, index) => async () => {
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve()
    return index
  })
  expect(await mapAtOnce(ends, 2, (end) => end())).toEqual([0, 1, 2])
})

/** Bundles the program as build.js does; `split` puts the shared code into a chunk. */
async function bundled(split: boolean) {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'program.js'), PROGRAM)
  writeFileSync(
    join(folder, 'lazy.js'),
    `export const run = async (...args) => (await import('./program.js')).run(...args)`,
  )
  await build({
    entryPoints: {
      main: join(folder, split ? 'lazy.js' : 'program.js'),
      'hash-worker': join(SOURCE, 'hash-worker.ts'),
    },
    outdir: join(folder, 'dist'),
    outExtension: { '.js': '.js' },
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: split,
    format: 'esm',
    platform: 'node',
    target: 'node20',
  })
  writeFileSync(join(folder, 'dist/package.json'), '{"type":"module"}')
  const run = (...names: readonly string[]): unknown => {
    const [main, given] = [join(folder, 'dist/main.js'), JSON.stringify(names)]
    const script = `import('${main}').then(({ run }) => run('${folder}', ${given}))`
    return JSON.parse(execFileSync(process.execPath, ['-e', script], { timeout: 30_000 }).toString())
  }
  return { folder, run }
}
