/**
 * Recorded packages are installed by name and version, and never as options of the tool.
 */
import { expect, test } from 'vitest'
import type { Environment } from '../../../src/domain/environment.ts'
import { nodeFiles } from '../../../src/store/files/node-files.ts'
import { restoreEnvironment } from '../../../src/store/processes/restore-environment.ts'
import { temporaryFolder } from '../../support/repository.ts'

function recordedWith(name: string, version: string): Environment {
  return {
    os: { name: 'linux', release: '6', arch: 'x64' },
    cpu: { model: 'any', count: 1, memoryBytes: 1 },
    gpus: [],
    languages: [],
    packages: [{ name, version, source: 'installed' }],
    variables: [],
    lockFiles: [],
    unpinned: [],
  }
}

test.each([
  ['--index-url', 'https://evil.example/'],
  ['numpy', '1.0\n--index-url https://evil.example/'],
  ['numpy @ https://evil.example/numpy.whl #', '1.0'],
  ['-e .', '1'],
])('package %j of version %j is refused before any tool starts', async (name, version) => {
  const restoring = restoreEnvironment(nodeFiles, {
    tool: 'pip',
    folder: temporaryFolder(),
    recorded: recordedWith(name, version),
    variables: { PATH: '/nowhere' },
    onOutput: () => Promise.reject(new Error('a tool was started')),
  })
  await expect(restoring).rejects.toMatchObject({ code: 'environment-not-restored', detail: { data: { exitCode: 2 } } })
})
