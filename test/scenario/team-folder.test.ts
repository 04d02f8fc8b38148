/**
 * A team without a host: the repository is a folder that all machines reach, and large files are below it or in
 * another folder.
 */
import { test } from 'vitest'
import { STORY_MS, tellTeamStory } from '../support/team-story.ts'
import { startTeam } from '../support/team-world.ts'

test(
  'large files where git-lfs keeps them',
  async () => {
    await tellTeamStory(await startTeam('folder', 'lfs'))
  },
  STORY_MS,
)

test(
  'large files in a folder of their own',
  async () => {
    await tellTeamStory(await startTeam('folder', 'dir'))
  },
  STORY_MS,
)
