/**
 * Opens a test repository with the library, in this process.
 */
import { onTestFinished } from 'vitest'
import { hostOptions } from '../../src/host.ts'
import { openRepository } from '../../src/ops/repository/repository.ts'
import type { Repository } from '../../src/ops/repository/repository.ts'
import { GIT_VARIABLES } from './repository.ts'

/** Opens the repository a folder is in; it is closed when the test ends. */
export async function openForTest(folder: string): Promise<Repository> {
  const repository = await openRepository({ ...hostOptions(folder), variables: GIT_VARIABLES })
  onTestFinished(() => repository.close())
  return repository
}
