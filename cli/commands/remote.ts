/**
 * `mlv remote trust`: says that a server which files of the repository name is one to send credentials to.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import { refuse } from '../../src/domain/failure.ts'
import { trustRemote } from '../../src/ops/share/trust-remote.ts'
import type { TrustReport } from '../../src/ops/share/trust-remote.ts'
import { defineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { styled } from '../format/line.ts'
import type { Line } from '../format/line.ts'
import { listJson } from '../json/json-members.ts'
import { optional, required, text } from '../option.ts'

/** The command. */
export const remoteCommand = defineCommand({
  name: 'remote',
  summary: 'Trust the servers a repository names',
  details: [
    "Files of a repository may name a server of their own: '.lfsconfig' one for Git LFS, 'mlv.json' one for a bucket.",
    'Credentials go there only after this clone was told so, for that scheme, host and port, and never for another.',
    'With --host it is a server that the one of the remote sends you to, such as storage inside your own network.',
  ],
  arguments: {
    action: required('trust', "the word 'trust'"),
    remote: optional('remote', "a remote of git's configuration; origin, or the only one, when absent"),
  },
  options: { host: text('--host <url>', 'trust this server, which the one of the remote names in its answers') },
  examples: [
    { line: 'mlv remote trust', does: 'trust what the repository of origin names' },
    { line: 'mlv remote trust upstream', does: 'of another remote' },
    { line: 'mlv remote trust --host https://storage.internal', does: 'a server that the one of origin sends you to' },
  ],
  run: async ({ output, withRepository }, { action, remote }, { host }) => {
    if (action !== 'trust') throw refuse('usage-invalid', { problem: `expected 'trust', not '${action}'` })
    const report = await withRepository((repository) => trustRemote(repository, remote, host))
    output.answer(
      () => remoteJson(report),
      () => remoteText(report),
    )
    return EXIT.ok
  },
})

/** The report as JSON. */
export function remoteJson({ remote, hosts }: TrustReport): ValueMap {
  return valueMap({ remote, hosts: listJson(hosts, (host) => valueMap({ ...host })) })
}

/** The report for people. */
export function remoteText({ remote, hosts }: TrustReport): readonly Line[] {
  if (hosts.length === 0) return [[`the repository of ${remote} names no server besides the remote's own`]]
  return hosts.map(({ host, namedBy, added }): Line => {
    const by = namedBy === 'server' ? `the server of ${remote} may name` : `${namedBy} names`
    return [added ? 'trusted ' : 'trusted already: ', styled('strong', host), `, which ${by}`]
  })
}
