/**
 * The short form of the cut uploads: a few cuts for each store, with a seed.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hasServer } from '../support/servers.ts'

const SCRIPT = join(import.meta.dirname, 'cut-uploads.js')

test.skipIf(!hasServer('s3', 'cut-uploads.test.ts'))(
  'a file for a bucket, cut 6 times, costs less than a part a cut',
  () => {
    expect(cut('s3')).toMatch(/^seed 7\ns3: [6-9] cuts .*; .* 0\.\d\d units a cut; .*; 0 problems\n$/)
  },
)

test.skipIf(!hasServer('lfs', 'cut-uploads.test.ts'))(
  'files for Git LFS, cut 6 times, cost less than a file a cut',
  () => {
    expect(cut('lfs')).toMatch(/^seed 7\nlfs: [6-9] cuts .*; .* 0\.\d\d units a cut; .*; 0 problems\n$/)
  },
)

function cut(store: string): string {
  const args = ['--cuts', '6', '--store', store, '--seed', '7']
  return spawnSync(process.execPath, [SCRIPT, ...args], { encoding: 'utf8' }).stdout
}
