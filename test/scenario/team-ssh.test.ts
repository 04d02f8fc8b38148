/**
 * A team on a host that serves git over ssh: OpenSSH, which says where the Git LFS server is when it is asked for it.
 */
import { test } from 'vitest'
import { hasServer } from '../support/servers.ts'
import { STORY_MS, tellTeamStory } from '../support/team-story.ts'
import { serversOf, startTeam } from '../support/team-world.ts'

test.skipIf(!serversOf('ssh', 'lfs').every((name) => hasServer(name, 'team-ssh.test.ts')))(
  'large files on the Git LFS server of the host',
  async () => {
    await tellTeamStory(await startTeam('ssh', 'lfs'))
  },
  STORY_MS,
)
