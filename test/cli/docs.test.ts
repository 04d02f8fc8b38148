/**
 * The pages that are written from the program: run this file with `--update` (`npm run docs`) to write them anew.
 */
import { expect, test } from 'vitest'
import { cliReference, errorReference } from '../../cli/generate-docs.ts'
import { loadCommands } from '../../cli/load-commands.ts'
import { VERBS } from '../../cli/verbs.ts'

test('docs/cli.md says what the commands say', async () => {
  await expect(cliReference(await loadCommands(VERBS))).toMatchFileSnapshot('../../docs/cli.md')
})

test('docs/errors.md lists every refusal with its words', async () => {
  await expect(errorReference()).toMatchFileSnapshot('../../docs/errors.md')
})
