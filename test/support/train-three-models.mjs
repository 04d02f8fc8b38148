/**
 * Trains three small models with five seeds each, before and after a change, and prints what they measured as JSON:
 * what `test/golden/reviews/three-models.json` was made by. Everything is drawn from seeds, so it prints the same again.
 *
 * The change: `churn` does without a feature that mattered, `digits` gets other batches that make no difference that
 * five seeds could show, `price` gets a feature that helps.
 */
const SEEDS = [1, 2, 3, 4, 5]
const EPOCHS = 12

/** A stream of numbers in [0, 1): mulberry32. */
function randomOf(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

function normalOf(random) {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

const sum = (values) => values.reduce((total, value) => total + value, 0)
const dot = (left, right) => sum(left.map((value, index) => value * right[index]))
const rounded = (value, digits = 6) => Number(value.toPrecision(digits))

function shuffled(items, random) {
  const order = [...items]
  for (let at = order.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1))
    ;[order[at], order[other]] = [order[other], order[at]]
  }
  return order
}

/** Mini-batch gradient descent on a linear model; `slope` is the loss's derivative by the model's output. */
function descend({ rows, width, seed, rate, batch, slope, lossOf, held }) {
  const random = randomOf(seed * 7919)
  const normal = normalOf(random)
  const weights = Array.from({ length: width + 1 }, () => 0.1 * normal())
  const output = ({ x }) => dot(weights.slice(0, width), x) + weights[width]
  const curve = []
  for (let epoch = 0; epoch < EPOCHS; epoch += 1) {
    const order = shuffled(rows, random)
    for (let at = 0; at < order.length; at += batch) {
      const part = order.slice(at, at + batch)
      const step = Array.from({ length: width + 1 }, () => 0)
      for (const row of part) {
        const by = slope(output(row), row.y) / part.length
        row.x.forEach((value, index) => (step[index] += by * value))
        step[width] += by
      }
      step.forEach((value, index) => (weights[index] -= rate * value))
    }
    curve.push({ step: epoch, value: rounded(sum(held.map((row) => lossOf(output(row), row.y))) / held.length) })
  }
  return { output, curve }
}

const sigmoid = (value) => 1 / (1 + Math.exp(-value))
const logistic = {
  slope: (z, y) => sigmoid(z) - y,
  lossOf: (z, y) => -Math.log(Math.max(1e-12, y === 1 ? sigmoid(z) : 1 - sigmoid(z))),
}
const squared = { slope: (z, y) => z - y, lossOf: (z, y) => (z - y) ** 2 }

/** Rows drawn once: every seed and both sides train on the same. */
function drawn(seed, count, width, target) {
  const random = randomOf(seed)
  const normal = normalOf(random)
  return Array.from({ length: count }, () => {
    const x = Array.from({ length: width }, normal)
    return { x, y: target(x, random, normal) }
  })
}

function areaUnder(scored) {
  const [good, bad] = [scored.filter(({ y }) => y === 1), scored.filter(({ y }) => y === 0)]
  const won = sum(good.map(({ z }) => sum(bad.map((other) => (z > other.z ? 1 : z === other.z ? 0.5 : 0)))))
  return won / (good.length * bad.length)
}

/** How many samples there are, and which of them fail, by their numbers. */
function outcomes(rows, isRight) {
  return { count: rows.length, failing: rows.flatMap((row, index) => (isRight(row) ? [] : [index])) }
}

function churn(side) {
  const truth = [1.2, -0.8, 0.5, 0.9, -0.4, 0.3, 0.05, 0]
  const rows = drawn(11, 1600, 8, (x, random) => (random() < sigmoid(dot(truth, x)) ? 1 : 0))
  // The change leaves the fifth feature out: how long ago a customer was last seen.
  const seen = ({ x, y }) => ({ x: side === 'base' ? x : x.filter((_, index) => index !== 3), y })
  const [train, held] = [rows.slice(0, 800).map(seen), rows.slice(800).map(seen)]
  return SEEDS.map((seed) => {
    const model = descend({ rows: train, width: held[0].x.length, seed, rate: 0.3, batch: 16, held, ...logistic })
    const scored = held.map((row) => ({ z: model.output(row), y: row.y }))
    const right = ({ z, y }) => z > 0 === (y === 1)
    return {
      metrics: {
        'val/auc': rounded(areaUnder(scored)),
        'val/loss': model.curve.at(-1).value,
        'val/accuracy': rounded(scored.filter(right).length / scored.length),
        features: held[0].x.length,
      },
      curve: model.curve,
      // Only the newest run of a side is asked for its samples.
      ...(seed === SEEDS[0] ? { samples: outcomes(scored, right) } : {}),
    }
  })
}

function digits(side) {
  const normal = normalOf(randomOf(23))
  const shape = Array.from({ length: 16 }, normal)
  const rows = drawn(29, 900, 16, (x, random, noise) => (dot(shape, x) + 2.5 * noise() > 0 ? 1 : 0))
  const [train, held] = [rows.slice(0, 300), rows.slice(300)]
  const batch = side === 'base' ? 9 : 8
  return SEEDS.map((seed) => {
    // A batch smaller by one: what differs is little more than the order of rows, which is what a seed does too.
    const by = side === 'base' ? seed : seed + 100
    const model = descend({ rows: train, width: 16, seed: by, rate: 0.4, batch, held, ...logistic })
    const scored = held.map((row) => ({ z: model.output(row), y: row.y }))
    const right = ({ z, y }) => z > 0 === (y === 1)
    return {
      metrics: {
        'val/accuracy': rounded(scored.filter(right).length / scored.length),
        'val/loss': model.curve.at(-1).value,
      },
      curve: model.curve,
    }
  })
}

function price(side) {
  const rows = drawn(37, 900, 5, (x, _, noise) => 2 * x[0] - x[1] + 0.8 * x[0] * x[1] + 0.3 * x[2] + 0.4 * noise())
  // The change adds what two features make together.
  const seen = ({ x, y }) => ({ x: side === 'base' ? x : [...x, x[0] * x[1]], y })
  const [train, held] = [rows.slice(0, 500).map(seen), rows.slice(500).map(seen)]
  return SEEDS.map((seed) => {
    const model = descend({ rows: train, width: held[0].x.length, seed, rate: 0.05, batch: 8, held, ...squared })
    const errors = held.map((row) => Math.abs(model.output(row) - row.y))
    return {
      metrics: {
        'val/rmse': rounded(Math.sqrt(model.curve.at(-1).value)),
        'val/worst': rounded(Math.max(...errors)),
        features: held[0].x.length,
      },
      curve: model.curve.map(({ step, value }) => ({ step, value: rounded(Math.sqrt(value)) })),
    }
  })
}

const models = { churn, digits, price }
const found = Object.entries(models).map(([name, model]) => [name, { base: model('base'), head: model('head') }])
process.stdout.write(`${JSON.stringify(Object.fromEntries(found))}\n`)
