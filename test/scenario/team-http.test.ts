/**
 * A team on a host that serves git over http: nginx and `git http-backend` behind a password, and a Git LFS server or
 * a bucket beside it.
 */
import { test } from 'vitest'
import { hasServer } from '../support/servers.ts'
import { STORY_MS, tellTeamStory } from '../support/team-story.ts'
import { serversOf, startTeam } from '../support/team-world.ts'

test.skipIf(!hasAll('lfs'))(
  'large files on the Git LFS server of the host',
  async () => {
    await tellTeamStory(await startTeam('http', 'lfs'))
  },
  STORY_MS,
)

test.skipIf(!hasAll('s3'))(
  'large files in a bucket',
  async () => {
    await tellTeamStory(await startTeam('http', 's3'))
  },
  STORY_MS,
)

function hasAll(store: 'lfs' | 's3'): boolean {
  return serversOf('http', store).every((name) => hasServer(name, 'team-http.test.ts'))
}
