/**
 * Runs of a search over parameters, recorded by the library at once: what counts for their metrics is known.
 */
import { seededRandom } from '../../src/domain/statistics/random.ts'
import { commitRun } from '../../src/ops/record/commit-run.ts'
import { hostOptions } from '../../src/host.ts'
import { openRepository } from '../../src/ops/repository/repository.ts'
import { GIT_VARIABLES } from './repository.ts'
import { makeReadyWorld } from './world.ts'
import type { World } from './world.ts'

/** What one run tried and came to. */
export interface SweptRun {
  readonly lr: number
  readonly optimizer: 'adam' | 'sgd'
  readonly layers: number
  readonly auc: number
  readonly latencyMs: number
}

/**
 * Draws runs. `auc` is best at a learning rate of 0.001 and better with adam; `latency_ms` grows with the layers; the
 * seed counts for nothing.
 */
export function sweptRuns(count: number): readonly SweptRun[] {
  const random = seededRandom(5)
  return Array.from({ length: count }, () => {
    const lr = Number((10 ** (-5 + 4 * random())).toPrecision(3))
    const optimizer = random() < 0.5 ? 'adam' : 'sgd'
    const layers = 1 + Math.floor(random() * 6)
    const loss = 0.06 * (Math.log10(lr) + 3) ** 2 + (optimizer === 'sgd' ? 0.05 : 0) + 0.01 * random()
    const auc = Number((0.95 - loss).toFixed(4))
    return { lr, optimizer, layers, auc, latencyMs: Number((2 * layers + random()).toFixed(2)) }
  })
}

/** A world where these runs are recorded, with goals for both metrics. */
export async function sweptWorld(runs: readonly SweptRun[]): Promise<World> {
  const world = makeReadyWorld()
  world.write('mlv.yaml', 'experiment: search\ngoals: { auc: { goal: max }, latency_ms: { goal: min } }\n')
  world.git('add', '.')
  world.git('commit', '--quiet', '--message=Configure mlv')
  const repository = await openRepository({ ...hostOptions(world.folder), variables: GIT_VARIABLES })
  const pair = (key: string, text: string | number) => ({ key, text: String(text) })
  for (const [index, { lr, optimizer, layers, auc, latencyMs }] of runs.entries()) {
    await commitRun(repository, {
      message: `trial ${index}`,
      paramsFiles: [],
      params: [
        pair('lr', lr),
        pair('optimizer', optimizer),
        pair('layers', layers),
        pair('seed', (index * 7919) % 101),
        pair('dataset', 'churn-3'),
      ],
      metricsFiles: [],
      metrics: [pair('auc', auc), pair('latency_ms', latencyMs)],
      seriesFiles: [],
      artifacts: [],
      datasets: [],
      tags: [],
      newVersion: false,
      allowSecrets: false,
    })
  }
  await repository.close()
  return world
}
