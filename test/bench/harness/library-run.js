/**
 * A run as the library takes it: values without files.
 */

/**
 * @param {{ readonly parameters: Readonly<Record<string, number>>, readonly metrics: Readonly<Record<string, number>> }} record
 * @param {Readonly<Record<string, unknown>>} [more] options over the plain ones
 */
export function runOptions({ parameters, metrics }, more = {}) {
  return {
    paramsFiles: [],
    params: textsOf(parameters),
    metricsFiles: [],
    metrics: textsOf(metrics),
    seriesFiles: [],
    artifacts: [],
    datasets: [],
    tags: [],
    newVersion: false,
    allowSecrets: false,
    ...more,
  }
}

function textsOf(/** @type {Readonly<Record<string, number>>} */ values) {
  return Object.entries(values).map(([key, value]) => ({ key, text: String(value) }))
}
