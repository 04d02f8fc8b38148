/**
 * Start-up is a feature: the bundle's own import graph shows what each command line loads.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { build } from 'esbuild'
import type { Metafile } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { VERBS } from '../../cli/verbs.ts'
import manifest from '../../package.json' with { type: 'json' }

const ROOT = join(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'mlv-bundle-'))
let graph: Metafile

// The settings of build.js that decide what is in which file.
beforeAll(async () => {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: { mlv: 'cli/main.ts' },
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    banner: { js: "import { createRequire as c } from 'node:module'; const require = c(import.meta.url);" },
    metafile: true,
    logLevel: 'silent',
  })
  graph = metafile
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Source files that are loaded before anything is asked for, starting at the bundle of one source file. */
function loadedBy(source: string): readonly string[] {
  const outputs = Object.entries(graph.outputs)
  const start = outputs.find(([, { entryPoint }]) => entryPoint === source)?.[0]
  if (start === undefined) throw new Error(`expected ${source} to start a file of the bundle`)
  const seen = new Set([start])
  for (const file of seen) {
    const { imports = [] } = graph.outputs[file] ?? {}
    for (const { kind, path, external } of imports) {
      if (kind === 'import-statement' && external !== true) seen.add(path)
    }
  }
  const inputs = [...seen].flatMap((file) => Object.keys(graph.outputs[file]?.inputs ?? {}))
  return inputs.map((input) => relative(ROOT, join(ROOT, input))).sort()
}

test('mlv --version loads no command, no operation and no package', () => {
  expect(loadedBy('cli/main.ts')).toEqual([
    'cli/exit-code.ts',
    'cli/main.ts',
    'cli/split-arguments.ts',
    'cli/verbs.ts',
    'package.json',
    'src/base/printable.ts',
    'src/host.ts',
  ])
})

test('mlv --version prints the version of the package', () => {
  const printed = execFileSync(process.execPath, [join(folder, 'mlv.js'), '--version'], { encoding: 'utf8' })
  expect(printed).toBe(`mlv ${manifest.version}\n`)
})

describe('the process', () => {
  const program = join(folder, 'mlv.js')

  /** Runs a shell command with `mlv` in it; returns what came out and how it ended. */
  function shell(command: string): {
    readonly status: number | null
    readonly stdout: string
    readonly stderr: string
  } {
    const run = command.replaceAll('mlv', `"${process.execPath}" "${program}"`)
    const { status, stdout, stderr } = spawnSync('sh', ['-c', run], { encoding: 'utf8', cwd: tmpdir() })
    return { status, stdout, stderr }
  }

  test('without a verb it prints the table of verbs', () => {
    expect(shell('mlv')).toEqual(shell('mlv help'))
    expect(shell('mlv --help').stdout).toBe(shell('mlv help').stdout)
  })

  test('a reader that closes early is no failure', () => {
    expect(shell('{ mlv completion zsh; echo $? >&2; } | true').stderr).toBe('0\n')
  })

  test('an unknown verb ends with exit code 2', () => {
    const { status, stdout, stderr } = shell('mlv comit')
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toContain("there is no command 'comit' (did you mean 'commit'?)")
  })

  test('whatever goes wrong outside a command ends with exit code 7, never 1', () => {
    const broken = "--import=data:text/javascript,process.once('beforeExit',()=>{throw(Error())})"
    expect(shell(`NODE_OPTIONS="${broken}" mlv help`)).toMatchObject({ status: 7 })
  })

  test('a folder that was removed below the shell is no repository, and no bug', () => {
    const outcome = shell('mkdir gone-$$ && cd gone-$$ && rmdir ../gone-$$ && mlv ls')
    expect(outcome).toMatchObject({ status: 3, stdout: '' })
    expect(outcome.stderr).toContain('(repository-not-found)')
  })
})

describe.each(VERBS.map(({ name }) => name))('mlv %s', (name) => {
  test('loads its own command and no other', () => {
    const commands = loadedBy(`cli/commands/${name}.ts`).filter((file) => file.startsWith('cli/commands/'))
    expect(commands).toEqual([`cli/commands/${name}.ts`])
  })

  // It takes as long as all the rest of a command's start, and most commands send nothing.
  test('loads nothing that asks servers before it has something to ask', () => {
    const loaded = loadedBy(`cli/commands/${name}.ts`)
    expect(loaded.filter((file) => /node_modules\/(?:undici|@aws-sdk)\//.test(file))).toEqual([])
  })
})
