/** A team without a host: the repository is a folder that all machines reach, and large files are in a bucket. */
import { test } from 'vitest'
import { hasServer } from '../support/servers.ts'
import { STORY_MS, tellTeamStory } from '../support/team-story.ts'
import { startTeam } from '../support/team-world.ts'

test.skipIf(!hasServer('s3', 'team-folder-bucket.test.ts'))(
  'large files in a bucket',
  async () => {
    await tellTeamStory(await startTeam('folder', 's3'))
  },
  STORY_MS,
)
