/**
 * Readers against the libraries of today: the scripts that made the golden files are run again, and what is read must
 * have the same names and steps; TensorBoard's own reader says what is in an event file.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { decimalOfFloat32 } from '../../src/base/float32.ts'
import { pointsOf } from '../../src/domain/series.ts'
import { nodeFiles } from '../../src/store/files/node-files.ts'
import { findFrameworkLogs, readFrameworkLogs } from '../../src/store/readers/framework-logs.ts'
import type { FrameworkRecord } from '../../src/store/readers/framework-logs.ts'
import { PYTHON, pythonVariables, reasonToSkip } from './python.ts'

const GOLDEN = join(dirname(fileURLToPath(import.meta.url)), '..', 'golden', 'readers')
const MINUTE = 60_000

/** The golden folder of each library, and what must be importable to run its script. */
const LIBRARIES: readonly (readonly [golden: string, modules: readonly string[]])[] = [
  ['tensorboardX-2.6.5', ['tensorboardX']],
  ['torch-2.15.0', ['torch', 'tensorboard']],
  ['tensorflow-2.21.0', ['tensorflow']],
  ['lightning-tensorboard-2.6.6', ['lightning', 'tensorboard']],
  ['lightning-2.6.6', ['lightning']],
  ['transformers-5.23.0', ['transformers', 'accelerate']],
  ['keras-3.15.1', ['keras', 'jax']],
  ['xgboost-3.2.0', ['xgboost']],
  ['dvclive-3.49.1', ['dvclive']],
]

for (const [golden, modules] of LIBRARIES) {
  const reason = reasonToSkip(modules)
  if (reason !== undefined) console.log(`skipped: files of ${golden.replace(/-[\d.]+$/, '')} made anew: ${reason}`)
  test.skipIf(reason !== undefined)(
    `${golden}: files made anew are read as the golden ones`,
    async () => {
      expect(outline(await read(made(golden)))).toEqual(outline(await read(join(GOLDEN, golden, 'files'))))
    },
    4 * MINUTE,
  )
}

const withoutTensorboard = reasonToSkip(['tensorboard'])
if (withoutTensorboard !== undefined) console.log(`skipped: TensorBoard's own reader: ${withoutTensorboard}`)

const EVENT_FOLDERS = ['tensorboardX-2.6.5/files', 'torch-2.15.0/files', 'tensorflow-2.21.0/files/fit/validation']

test.skipIf(withoutTensorboard !== undefined).each(EVENT_FOLDERS)(
  'TensorBoard itself reads the points of %s as mlv does',
  async (folder) => {
    const theirs = tensorboardPoints(join(GOLDEN, folder))
    const { series } = await read(join(GOLDEN, folder))
    expect(Object.keys(theirs)).not.toEqual([])
    for (const [tag, points] of Object.entries(theirs)) {
      const ours = pointsOf([...series].find(([key]) => key === tag)?.[1] ?? { steps: NONE, values: NONE })
      expect(ours.map(({ step, value, atMs }) => [step, String(value), atMs])).toEqual(
        points.map(([step, value, wallTime]) => [step, told(Number(value)), Math.round(wallTime * 1000)]),
      )
    }
  },
  MINUTE,
)

const NONE = new Float64Array(0)

/** TensorBoard gives doubles of single-precision numbers, and doubles as they are. */
function told(value: number): string {
  return String(Object.is(Math.fround(value), value) ? decimalOfFloat32(value) : value)
}

const READ_WITH_TENSORBOARD = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util.tensor_util import make_ndarray
events = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "tensors": 0}, purge_orphaned_data=False)
events.Reload()
found = {tag: [[e.step, repr(e.value), e.wall_time] for e in events.Scalars(tag)] for tag in events.Tags()["scalars"]}
for tag in events.Tags()["tensors"]:
    if events.SummaryMetadata(tag).plugin_data.plugin_name == "scalars":
        points = [(e, make_ndarray(e.tensor_proto).item()) for e in events.Tensors(tag)]
        found[tag] = [[e.step, repr(value), e.wall_time] for e, value in points]
text = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
print(json.dumps({t: [[s, text.get(v, v), w] for s, v, w in points] for t, points in found.items()}))
`

function tensorboardPoints(folder: string): Readonly<Record<string, readonly (readonly [number, string, number])[]>> {
  return JSON.parse(python(['-c', READ_WITH_TENSORBOARD, folder], folder)) as ReturnType<typeof tensorboardPoints>
}

function made(golden: string): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mlv-readers-')))
  python([join(GOLDEN, golden, 'make.py'), 'out'], folder)
  return join(folder, 'out')
}

function python(args: readonly string[], cwd: string): string {
  const env = { ...process.env, ...pythonVariables() }
  const { status, stdout, stderr } = spawnSync(PYTHON ?? '', args, { cwd, env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`python ${args[0] ?? ''} failed: ${stderr.slice(-2000)}`)
  return stdout
}

async function read(folder: string): Promise<FrameworkRecord> {
  return await readFrameworkLogs(nodeFiles, await findFrameworkLogs(nodeFiles, folder, 0))
}

/** What a script decides and neither the clock nor the version does. */
function outline(record: FrameworkRecord): unknown {
  return {
    series: Object.fromEntries([...record.series].map(([key, series]) => [key, [...series.steps]])),
    parameters: Object.fromEntries([...record.parameters].map(([key, value]) => [key, String(value)])),
    values: [...record.values.keys()],
    files: record.files.length,
    told: record.told,
  }
}
