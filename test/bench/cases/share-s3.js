/**
 * A bucket on one server: what mlv takes to push to it and to pull from it, beside DVC and beside `aws s3 cp`, which
 * knows nothing of versions.
 */
import { join } from 'node:path'
import { atMost, NO_TARGET, notMeasured } from '../harness/row.js'
import { makeBucket, S3_VARIABLES, startServer, whyNoServer } from '../harness/servers.js'
import { shareRows } from '../harness/share-rows.js'
import { sharedContents } from '../harness/shared-content.js'
import { copySharer, dvcSharer, mlvSharer } from '../harness/sharers.js'

export const name = 'share-s3'

const BUCKET = 'models'

/** @returns {Promise<readonly import('../harness/row.js').Row[]>} */
export async function run(/** @type {import('../harness/bench.js').Bench} */ bench) {
  const why = whyNoServer('s3')
  if (why !== undefined) return [notMeasured('push to a bucket', 'DVC', why)]
  const server = await startServer('s3', join(bench.folder, 'server'))
  try {
    await makeBucket(server.origin, BUCKET)
    return await measure(bench, server)
  } finally {
    await server.stop()
  }
}

async function measure(
  /** @type {import('../harness/bench.js').Bench} */ bench,
  /** @type {Awaited<ReturnType<typeof startServer>>} */ { origin, folder },
) {
  const rows = []
  for (const content of sharedContents(bench)) {
    const at = (/** @type {string} */ prefix) => ({
      folder: join(bench.folder, 's3', String(rows.length), prefix),
      kept: [join(folder, BUCKET, prefix)],
      env: S3_VARIABLES,
    })
    const { python, dvcS3, aws } = bench.peers
    const makeMlv = () => mlvSharer({ ...at('mlv'), init: ['--store', `s3://${BUCKET}/mlv?endpoint=${origin}`] })
    const makeDvc = () => dvcSharer({ ...at('dvc'), python, url: `s3://${BUCKET}/dvc`, endpoint: origin })
    const peers = [
      { name: 'DVC', target: atMost(1), ...(dvcS3.kind === 'found' ? { make: makeDvc } : { why: dvcS3.why }) },
      {
        name: 'aws s3 cp',
        target: NO_TARGET,
        ...(aws.kind === 'found'
          ? { make: () => awsSharer(at('aws'), origin, bench.peers.awsProgram) }
          : { why: aws.why }),
      },
    ]
    rows.push(...(await shareRows(bench, { store: 'a bucket', contents: [content] }, makeMlv, peers)))
  }
  return rows
}

function awsSharer(
  /** @type {import('../harness/sharers.js').Place} */ place,
  /** @type {string} */ origin,
  /** @type {string} */ program,
) {
  const copy = (/** @type {string} */ from, /** @type {string} */ to) => ({
    argv: [program, '--endpoint-url', origin, 's3', 'cp', '--recursive', '--quiet', from, to],
    env: place.env,
  })
  const url = `s3://${BUCKET}/aws/`
  return copySharer({ ...place, name: 'aws s3 cp', push: (from) => copy(from, url), pull: (to) => copy(url, to) })
}
