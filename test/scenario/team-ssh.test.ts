/**
 * A team on a host that serves git over ssh: OpenSSH, which says where the Git LFS server is when it is asked for it;
 * or with a folder that all machines reach.
 */
import { test } from 'vitest'
import { hasServer } from '../support/servers.ts'
import { STORY_MS, tellTeamStory } from '../support/team-story.ts'
import { serversOf, startTeam } from '../support/team-world.ts'

test.skipIf(!hasAll('lfs'))(
  'large files on the Git LFS server of the host',
  async () => {
    await tellTeamStory(await startTeam('ssh', 'lfs'))
  },
  STORY_MS,
)

test.skipIf(!hasAll('dir'))(
  'large files in a folder that all machines reach',
  async () => {
    await tellTeamStory(await startTeam('ssh', 'dir'))
  },
  STORY_MS,
)

function hasAll(store: 'lfs' | 'dir'): boolean {
  return serversOf('ssh', store).every((name) => hasServer(name, 'team-ssh.test.ts'))
}
