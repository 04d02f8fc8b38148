// A program that logs everything a page shows: pictures, tables, texts, evaluations, weights and coloured lines.
// node train-media.mjs SEED [STEPS]; nothing of it is random but by the seed.
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { deflateSync, crc32 } from 'node:zlib'

const seed = Number(process.argv[2] ?? 1)
const steps = Number(process.argv[3] ?? 30)
const log = (line) => appendFileSync(join(process.env.MLV_RUN_DIR, 'log.jsonl'), `${JSON.stringify(line)}\n`)

let state = seed * 7919
const random = () => {
  state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
  return state / 0x7fffffff
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const frame = Buffer.alloc(8)
  frame.writeUInt32BE(data.length, 0)
  frame.writeUInt32BE(crcOf(body), 4)
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
}

function crcOf(bytes) {
  if (crc32 !== undefined) return crc32(bytes)
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return (crc ^ 0xffffffff) >>> 0
}

function png(size, colourAt) {
  const rows = Buffer.alloc(size * (1 + size * 3))
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) rows.set(colourAt(x / size, y / size), y * (1 + size * 3) + 1 + x * 3)
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(size, 0)
  head.writeUInt32BE(size, 4)
  head.set([8, 2, 0, 0, 0], 8)
  const start = Buffer.from('89504e470d0a1a0a', 'hex')
  return Buffer.concat([start, chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))])
}

function safetensors(tensors) {
  const header = {}
  const parts = []
  let at = 0
  for (const [name, shape, value] of tensors) {
    const count = shape.reduce((product, length) => product * length, 1)
    const data = new Float32Array(count).fill(value)
    header[name] = { dtype: 'F32', shape, data_offsets: [at, at + data.byteLength] }
    at += data.byteLength
    parts.push(Buffer.from(data.buffer))
  }
  const text = Buffer.from(JSON.stringify(header))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(text.length))
  return Buffer.concat([length, text, ...parts])
}

mkdirSync('out/model', { recursive: true })
log({ params: { seed, steps } })
for (let step = 0; step < steps; step += 1) {
  const loss = Math.exp(-step / 12) + random() * 0.05 + seed * 0.02
  log({ metrics: { loss, acc: 1 - loss / 2 }, step })
  console.log(`\u001b[32mINFO\u001b[0m step ${step}  loss \u001b[1m${loss.toFixed(4)}\u001b[0m`)
  if (step % 10 === 0) console.error(`\u001b[33mwarning:\u001b[0m step ${step}: the learning rate is ${seed}e-3`)
  if (step % 5 !== 0) continue
  const path = `out/sample-${step}.png`
  const sharp = step / steps
  writeFileSync(
    path,
    png(48, (x, y) => {
      const far = Math.hypot(x - 0.5, y - 0.5)
      const ring = Math.sin(far * 30 - seed) * 0.5 + 0.5
      const noise = random() * (1 - sharp)
      return [255 * (ring * sharp + noise), 160 * (1 - far) * sharp + 90 * noise, 220 * far + 30 * seed]
    }),
  )
  log({ image: 'samples', path, step, caption: `after ${step} steps` })
  log({ image: 'attention/head 0', path, step })
  log({ text: 'generated', value: `Once upon a time, at step ${step}, <b>somebody</b> trained model ${seed}.`, step })
}

const classes = ['cat', 'dog', 'frog', 'horse', 'ship']
const pairs = classes.flatMap((actual) =>
  classes.map((predicted) => [actual, predicted, actual === predicted ? 80 + seed * 3 : Math.floor(random() * 9)]),
)
log({ table: 'confusion', columns: ['actual', 'predicted', 'count'], rows: pairs })
const curve = Array.from({ length: 101 }, (_, index) => {
  const fpr = index / 100
  return [fpr, fpr ** (1 / (3 + seed)), 1 - fpr]
})
log({ table: 'roc', columns: ['fpr', 'tpr', 'threshold'], rows: curve })
const recall = Array.from({ length: 60 }, (_, index) => index / 59)
log({ table: 'pr', columns: ['precision', 'recall'], rows: recall.map((x) => [1 - 0.5 * x ** (2 + seed), x]) })
log({
  table: 'calibration',
  columns: ['prob_pred', 'prob_true'],
  rows: [0.1, 0.3, 0.5, 0.7, 0.9].map((p) => [p, p ** (1 + seed / 10)]),
})

const rows = Array.from({ length: 400 }, (_, index) => {
  const score = index % 7 === 0 ? random() : index / 400
  return `${index},"item, ${index}",${score.toFixed(4)},${score > 0.5}`
})
writeFileSync('out/predictions.csv', `id,name,score,passed\n${rows.join('\n')}\n`)
log({ table: 'predictions', path: 'out/predictions.csv', key: 'id' })

const layers = Array.from({ length: 40 }, (_, layer) => [
  [`encoder.layers.${layer}.attention.weight`, [16, 16], layer < 20 ? layer : layer + seed],
  [`encoder.layers.${layer}.attention.bias`, [16], 0],
])
const head = seed === 1 ? ['head.old', [4, 16], 1] : ['head.weight', [8, 16], seed]
writeFileSync('out/model/weights.safetensors', safetensors([...layers.flat(), head]))
writeFileSync('out/model/config.json', JSON.stringify({ layers: 40, seed }, undefined, 2))
writeFileSync('out/notes.md', `# Run ${seed}\n\nNothing here is <script>markup</script>.\n`)
log({ artifact: 'out/model' })
log({ artifact: 'out/notes.md' })
