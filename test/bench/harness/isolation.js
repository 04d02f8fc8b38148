/**
 * Keeps the machine's user out of the bench: no configuration, identity, hook or account of theirs, and no call home.
 */

/** Sets the variables that every program started from here inherits. */
export function isolate(/** @type {string} */ home) {
  Object.assign(process.env, {
    HOME: home,
    TZ: 'UTC',
    NO_COLOR: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    DO_NOT_TRACK: 'true',
    DVC_NO_ANALYTICS: 'true',
    DVC_SITE_CACHE_DIR: `${home}/dvc-cache`,
    MLFLOW_DISABLE_TELEMETRY: 'true',
    // MLflow asks git about the folder it is in, and its answer is a warning.
    GIT_PYTHON_REFRESH: 'quiet',
  })
}
