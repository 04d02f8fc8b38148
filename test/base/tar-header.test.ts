/** Tar headers, with the machine's own tar as the oracle. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { TAR_END, tarEntryBytes, tarHeader, tarPadding } from '../../src/base/tar-header.ts'
import { temporaryFolder } from '../support/repository.ts'

const NAMES = [
  'a.bin',
  'objects/ab/cd/x',
  'n'.repeat(100),
  `deep/${'d'.repeat(150)}/f.bin`,
  'größe/重み.bin',
  'a b=c.txt',
]

function archive(entries: readonly { readonly path: string; readonly bytes: Uint8Array }[]): Uint8Array {
  const parts = entries.flatMap(({ path, bytes }) => {
    const header = tarHeader({ path, sizeBytes: bytes.length })
    return [header, bytes, new Uint8Array(tarPadding(bytes.length))]
  })
  return Buffer.concat([...parts, TAR_END])
}

test('tar gives every file back, whatever its name and size', () => {
  const folder = temporaryFolder()
  const entries = NAMES.map((path, index) => ({ path, bytes: Buffer.alloc(index * 511, path) }))
  writeFileSync(join(folder, 'a.tar'), archive(entries))
  execFileSync('tar', ['-xf', 'a.tar'], { cwd: folder, env: { ...process.env, LC_ALL: 'C.UTF-8' } })
  for (const { path, bytes } of entries) expect(readFileSync(join(folder, path)).equals(bytes), path).toBe(true)
})

test('a header says nothing of who wrote it and when', () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'a.tar'), archive([{ path: 'a.bin', bytes: Buffer.from('a') }]))
  const listed = execFileSync('tar', ['-tvf', 'a.tar', '--numeric-owner', '--full-time', '--utc'], { cwd: folder })
  expect(listed.toString().replace(/ +/g, ' ')).toBe('-rw-r--r-- 0/0 1 1970-01-01 00:00:00 a.bin\n')
})

test.each([
  [8 ** 11 - 1, 512],
  [8 ** 11, 3 * 512],
  [2 ** 40, 3 * 512],
])('a file of %i bytes has a header of %i', (sizeBytes, length) => {
  const header = tarHeader({ path: 'large.bin', sizeBytes })
  expect(header).toHaveLength(length)
  expect(tarEntryBytes({ path: 'large.bin', sizeBytes })).toBe(length + sizeBytes + tarPadding(sizeBytes))
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'a.tar'), header)
  // The bytes themselves are not there, so tar ends with a complaint after it has told the size.
  const listed = execFileSync('sh', ['-c', 'tar -tvf a.tar 2>/dev/null || true'], { cwd: folder }).toString()
  expect(listed).toContain(` ${sizeBytes} `)
})

test('the length of an extended record counts its own digits, also where they make it longer', () => {
  for (let length = 101; length < 1100; length += 1) {
    const header = Buffer.from(tarHeader({ path: 'p'.repeat(length), sizeBytes: 0 }))
    const said = Number.parseInt(header.toString('latin1', 124, 135), 8)
    const record = header.toString('latin1', 512, 512 + said)
    expect(record).toBe(`${said} path=${'p'.repeat(length)}\n`)
  }
})
