/**
 * Secrets that a run meets: none of them reaches the branch, whichever way it came.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { makeReadyWorld, MLV, WORLD_VARIABLES } from '../support/world.ts'
import type { World } from '../support/world.ts'

const CANARY = 'canary-of-the-environment'
/** Outside of the code, so that the secrets in it are no part of a snapshot. */
const SCRIPT = `
echo "printed $HF_TOKEN"
log() { echo "$1" >> "$MLV_RUN_DIR/log.jsonl"; }
log "{\\"params\\": {\\"api_key\\": \\"canary-by-name\\", \\"note\\": \\"has $HF_TOKEN\\", \\"pad_token\\": \\"kept-as-it-is\\"}}"
log "{\\"tag\\": \\"$HF_TOKEN\\"}"
log "{\\"text\\": \\"sample\\", \\"step\\": 1, \\"value\\": \\"$HF_TOKEN and canary-of-dotenv\\"}"
log "{\\"table\\": \\"rows\\", \\"columns\\": [\\"a\\"], \\"rows\\": [[\\"$HF_TOKEN\\"]]}"
log "no json $HF_TOKEN"
`

function secretWorld(): World {
  const world = makeReadyWorld()
  world.write('.gitignore', '.env\nscript.sh\n')
  world.git('add', '.')
  world.git('commit', '--quiet', '--message=Set up')
  world.write('.env', 'DB_PASSWORD=canary-of-dotenv\n')
  world.write('script.sh', SCRIPT)
  return world
}

/** Every file on the branch, with what was compressed taken apart. */
function branchText(world: World): string {
  const paths = world.git('ls-tree', '-r', '--name-only', 'mlv').trim().split('\n')
  return paths.map((path) => world.git('show', `mlv:${path}`)).join('\n') + world.git('log', 'mlv') + stored(world)
}

function stored(world: World): string {
  const folder = join(world.folder, '.git')
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /lfs.objects/.test(name))
  const files = names.map((name) => join(folder, name)).filter((file) => statSync(file).isFile())
  return files.map((file) => textOf(readFileSync(file))).join('\n')
}

function textOf(bytes: Buffer): string {
  return (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('utf8')
}

test('secrets in arguments, parameters, the message, tags, texts, tables and output stay off the branch', () => {
  const world = secretWorld()
  const withToken: NodeJS.ProcessEnv = { HF_TOKEN: CANARY }
  const secretive = withVariables(world, withToken)
  const outcome = secretive(
    ...['run', '-m', `uses ${CANARY}`, '-p', 'token=canary-parameter', '--'],
    ...['sh', 'script.sh', '--token', 'canary-argument', '--password=canary-pass', 'https://me:canary-url@host/'],
    ...['-H', 'Authorization: Bearer canary-header', CANARY, '{token}'],
  )
  expect(outcome).toContain('secrets in the output were masked')
  expect(outcome).not.toContain('canary')
  expect(branchText(world)).not.toContain('canary')
  expect(world.json('show', '@')).toMatchObject({
    run: {
      command: [
        ...['sh', 'script.sh', '--token', '[secret masked]', '--password=[secret masked]'],
        ...['https://me:[secret masked]@host/', '-H', 'Authorization: Bearer [secret masked]'],
        ...['[secret masked]', '[secret masked]'],
      ],
      parameters: { api_key: '[secret masked]', note: 'has [secret masked]', pad_token: 'kept-as-it-is' },
    },
  })
})

test('a command that held a secret is not run again without it', () => {
  const world = secretWorld()
  world.mlv('run', '-p', 'token=canary-parameter', '--', 'true', '--token', '{token}')
  expect(world.say('rerun', '@')).toMatchInlineSnapshot(`
    "$ mlv rerun @
    mlv: the recorded command held a secret, which was not recorded; --with-changes gives one that is a parameter (usage-invalid)
    why: the command line was not understood, so nothing was done
    next: run 'mlv help rerun' for what it accepts
    [exit 2]
    "
  `)
  expect(world.mlv('rerun', '@', '--with-changes', 'token=another').exitCode).toBe(0)
})

test('a run that was killed is sealed without its secrets from a shell that does not have them', async () => {
  const world = secretWorld()
  const command = ['run', '--', 'sh', '-c', 'echo $HF_TOKEN; echo ready; exec sleep 60']
  const child = spawn(process.execPath, [MLV, ...command], {
    cwd: world.folder,
    env: { ...WORLD_VARIABLES, HF_TOKEN: CANARY },
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  })
  for await (const chunk of child.stdout) if (String(chunk).includes('ready')) break
  const journals = join(world.folder, '.git/mlv/journal')
  const [run = ''] = readdirSync(journals)
  expect(statSync(join(journals, run, 'secrets')).mode & 0o777).toBe(0o600)
  const ended = once(child, 'exit')
  process.kill(-(child.pid ?? 0), 'SIGKILL')
  await ended
  expect(world.mlv('commit', '--recover')).toMatchObject({ exitCode: 0 })
  expect(branchText(world)).not.toContain('canary')
  expect(existsSync(join(journals, run))).toBe(false)
})

/** Runs `mlv` with more variables; what it said. */
function withVariables(world: World, variables: NodeJS.ProcessEnv): (...args: readonly string[]) => string {
  return (...args) => {
    const { status, stderr } = spawnSync(process.execPath, [MLV, ...args], {
      cwd: world.folder,
      env: { ...WORLD_VARIABLES, ...variables },
      encoding: 'utf8',
    })
    expect(status).toBe(0)
    return stderr
  }
}
