/** A bucket that several repositories use is swept as a folder is. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sha256Of } from '../../src/base/digest.ts'
import { letDaysPass } from '../support/aged-files.ts'
import { hasServer, makeBucket, startServer } from '../support/servers.ts'
import type { RunningServer } from '../support/servers.ts'
import { CHURN, makeTeams, objectsIn, RANKING } from '../support/store-teams.ts'

describe.skipIf(!hasServer('s3', 'remote-gc-bucket.test.ts'))('a bucket', () => {
  let server: RunningServer | undefined
  beforeAll(async () => {
    server = await startServer('s3')
    await makeBucket(server.origin, 'models')
  })
  afterAll(() => server?.close())

  test('is swept as a folder is', () => {
    const [origin, folder] = [server?.origin ?? '', join(server?.folder ?? '', 'models', 'team')]
    const teams = makeTeams(folder, `s3://models/team?endpoint=${origin}`)
    const { keeper, ranking } = teams
    keeper.mlv('remote', 'trust')
    keeper.mlv('store', 'trust', ranking.bare)
    expect(keeper.mlv('gc', '--remote').stdout).toContain('would keep as young 1 object')
    letDaysPass(folder, 15)
    expect(keeper.mlv('gc', '--remote', '--delete').stdout).toContain('marked as unnamed 1 object')
    letDaysPass(folder, 8)
    expect(keeper.mlv('gc', '--remote', '--delete').stdout).toContain('set aside 1 object')
    expect(objectsIn(folder)).toEqual([CHURN, RANKING].map((bytes) => sha256Of(bytes)).toSorted())
    letDaysPass(folder, 15)
    expect(keeper.mlv('gc', '--remote', '--delete').stdout).toContain('removed for good 1 object')
    const later = ranking.join('later')
    later.mlv('remote', 'trust')
    expect(later.mlv('checkout', 'churn@v2').exitCode).toBe(0)
  })
})
