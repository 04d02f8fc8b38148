/** A team on a host that serves git over ssh, with a folder for large files that all machines reach. */
import { test } from 'vitest'
import { hasServer } from '../support/servers.ts'
import { STORY_MS, tellTeamStory } from '../support/team-story.ts'
import { serversOf, startTeam } from '../support/team-world.ts'

test.skipIf(!serversOf('ssh', 'dir').every((name) => hasServer(name, 'team-ssh-folder.test.ts')))(
  'large files in a folder that all machines reach',
  async () => {
    await tellTeamStory(await startTeam('ssh', 'dir'))
  },
  STORY_MS,
)
