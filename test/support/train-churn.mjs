/**
 * Trains a model for real, in a moment: `node train.js SEED`. Who will leave, told from what they wrote: words are
 * hashed into features, and a logistic regression learns their weights by stochastic gradient descent. Writes
 * `model/weights.bin` (32-bit floats), `model/config.json` and `metrics.json`.
 */
import { mkdirSync, writeFileSync } from 'node:fs'

const seed = Number(process.argv[2] ?? 1)
const FEATURES = 1 << 17
const WORDS = 400

// Which words tell that someone leaves is the same for all; which customers are seen depends on the seed.
const truth = Array.from({ length: WORDS }, (_, word) => Math.sin(word * 12.9898))
let state = seed
const random = () => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return state / 2 ** 32
}
const customer = () => {
  const words = Array.from({ length: 12 }, () => Math.floor(random() * WORDS))
  const leaning = words.reduce((sum, word) => sum + (truth[word] ?? 0), 0)
  return { features: words.map(feature), leaves: random() < 1 / (1 + Math.exp(-2 * leaning)) ? 1 : 0 }
}

const weights = new Float32Array(FEATURES)
const predict = (features) => 1 / (1 + Math.exp(-features.reduce((sum, at) => sum + (weights[at] ?? 0), 0)))
for (let step = 0; step < 20_000; step += 1) {
  const { features, leaves } = customer()
  const error = leaves - predict(features)
  for (const at of features) weights[at] = (weights[at] ?? 0) + 0.05 * error
}

const seen = Array.from({ length: 2000 }, customer).map(({ features, leaves }) => ({
  leaves,
  score: predict(features),
}))
// The part of all pairs of one who left and one who stayed that the scores put in the right order.
let [stayedBelow, rightPairs, leaving] = [0, 0, 0]
for (const { leaves } of seen.toSorted((one, other) => one.score - other.score)) {
  if (leaves === 1) [leaving, rightPairs] = [leaving + 1, rightPairs + stayedBelow]
  else stayedBelow += 1
}
const auc = rightPairs / (leaving * stayedBelow)

mkdirSync('model', { recursive: true })
writeFileSync('model/weights.bin', weights)
writeFileSync('model/config.json', JSON.stringify({ features: FEATURES, seed }))
writeFileSync('metrics.json', JSON.stringify({ auc: Number(auc.toFixed(4)) }))

/** Fowler, Noll and Vo's hash of a word's name. */
function feature(word) {
  let hash = 2_166_136_261
  for (const letter of `word-${word}`) hash = Math.imul(hash ^ letter.charCodeAt(0), 16_777_619) >>> 0
  return hash % FEATURES
}
