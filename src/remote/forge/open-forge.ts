/**
 * Opens the forge a job runs on.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock, Entropy } from '../../base/clock.ts'
import type { CiJob } from '../../domain/review/ci-job.ts'
import { openHttp } from '../http.ts'
import type { Forge } from './forge.ts'
import { issueForge } from './issue-comments.ts'
import { gitlabForge } from './merge-request-notes.ts'
import { restClient } from './rest-client.ts'

/** What a forge is opened with. */
export interface ForgeWorld {
  readonly clock: Clock
  readonly entropy: Entropy
  readonly variables: Readonly<Record<string, string | undefined>>
}

/** Opens a forge; the token goes to the origin of its API and nowhere else. Close it at the end. */
export function openForge({ forge, api, project }: CiJob, token: string, world: ForgeWorld): Forge {
  const http = openHttp(world.variables)
  const retry = { clock: world.clock, entropy: world.entropy, wait: (ms: number) => sleep(ms) }
  const client = (credentials: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}) =>
    restClient({ http, retry, api, credentials, headers })
  switch (forge) {
    case 'github': {
      const rest = client({ authorization: `Bearer ${token}` }, { 'x-github-api-version': '2022-11-28' })
      return issueForge(rest, { project, jobLogins: ['github-actions[bot]'], close: http.close })
    }
    case 'gitea': {
      const rest = client({ authorization: `token ${token}` })
      const jobLogins = ['gitea-actions', 'forgejo-actions', 'gitea-actions[bot]', 'forgejo-actions[bot]']
      return issueForge(rest, { project, jobLogins, close: http.close })
    }
    case 'gitlab':
      return gitlabForge(client({ 'private-token': token }), { project, close: http.close })
  }
}
