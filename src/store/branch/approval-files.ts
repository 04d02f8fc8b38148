/**
 * The files on the registry's branch that have a host ask for approvals. `CODEOWNERS` is read from the branch that a
 * request is merged into. The workflow is not: on `pull_request` hosts run that of the request's own merge commit, so a
 * request can take the step out of it. That is why its owners must approve any change of it.
 *
 * GitHub, Gitea and Forgejo read `.github`, GitLab reads `.gitlab-ci.yml`; what is for another host does nothing.
 */
import { rootPath } from '../../domain/tree-path.ts'
import type { TreeEdit } from '../git/engine.ts'

/** The status that a host is to require, as the workflow calls its job. */
export const CHECK_NAME = 'mlv check'

/**
 * Edits that write all of the files.
 *
 * @param owners who must approve, as hosts write them: `@org/ml-leads`; none leaves the lines to be filled in.
 */
export function approvalEdits(owners: readonly string[]): readonly TreeEdit[] {
  const files: readonly (readonly [string, string])[] = [
    ['CODEOWNERS', codeOwners(owners)],
    ['.github/workflows/mlv-check.yml', GITHUB_WORKFLOW],
    ['.github/mlv-ruleset.json', `${JSON.stringify(RULESET, undefined, 2)}\n`],
    ['.gitlab-ci.yml', GITLAB_PIPELINE],
  ]
  return files.map(([path, text]) => ({ kind: 'put', path: rootPath(path), bytes: Buffer.from(text) }))
}

/** Gates are in `model.yaml`, and repeats in `state.yaml`: who loosens them first could promote anything next. */
const GUARDED = [
  '/models/*/aliases/production.yaml',
  '/models/*/model.yaml',
  '/models/*/versions/*/state.yaml',
  '/mlv.json',
  '/CODEOWNERS',
  '/.github/',
  '/.forgejo/',
  '/.gitea/',
  '/.gitlab-ci.yml',
]

function codeOwners(owners: readonly string[]): string {
  const who = owners.length === 0 ? '@your-org/your-team' : owners.join(' ')
  const lines = GUARDED.map((path) => `${owners.length === 0 ? '# ' : ''}${path} ${who}`)
  return ['# Who must approve a promotion, and any change of these rules.', ...lines, ''].join('\n')
}

/**
 * Nothing of the request is run and no text of it gets into a command. The token may only read; it stays in the clone
 * because the check fetches what one commit lacks.
 */
const GITHUB_WORKFLOW = `# The required check of the branch 'mlv': may this promotion be merged?
name: ${CHECK_NAME}
on:
  pull_request:
    branches: [mlv]
permissions:
  contents: read
concurrency:
  group: mlv-check-\${{ github.event.pull_request.number }}
  cancel-in-progress: true
jobs:
  check:
    name: ${CHECK_NAME}
    runs-on: ubuntu-latest
    timeout-minutes: 15
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          # Kept in this clone only, for mlv to fetch the registry of a private repository.
          persist-credentials: true
          ref: \${{ github.event.pull_request.head.sha }}
      - uses: actions/setup-node@820762786026740c76f36085b0efc47a31fe5020 # v7.0.0
        with:
          node-version: 22
          package-manager-cache: false
      - name: Install mlv
        env:
          # A variable of the repository: a version of your registry or a tarball of 'npm pack', pinned.
          MLV_PACKAGE: \${{ vars.MLV_PACKAGE }}
        # Elsewhere, so that no file of the request configures npm.
        run: |
          cd "$RUNNER_TEMP"
          npm install --global --ignore-scripts --no-audit --no-fund "\${MLV_PACKAGE:?is not set}"
      - name: Check
        run: mlv check --summary
`

const GITLAB_PIPELINE = `# The required check of the branch 'mlv': may this promotion be merged?
${CHECK_NAME}:
  image: node:22
  rules:
    - if: $CI_PIPELINE_SOURCE == 'merge_request_event' && $CI_MERGE_REQUEST_TARGET_BRANCH_NAME == 'mlv'
  timeout: 15 minutes
  variables:
    GIT_DEPTH: 1
  script:
    # A variable of the project: a version of your registry or a tarball of 'npm pack', pinned.
    - cd / && npm install --global --ignore-scripts --no-audit --no-fund "\${MLV_PACKAGE:?is not set}"
    - cd "$CI_PROJECT_DIR" && mlv check
`

/** GitHub Actions itself: no other app, and no person with a token, can set the required status. */
const ACTIONS_APP = 15_368

/** As GitHub exports and imports them: Settings, Rules, Rulesets, Import a ruleset. */
const RULESET = {
  name: 'mlv: promotion by review',
  target: 'branch',
  source_type: 'Repository',
  enforcement: 'active',
  conditions: { ref_name: { include: ['refs/heads/mlv'], exclude: [] } },
  rules: [
    { type: 'deletion' },
    { type: 'non_fast_forward' },
    {
      type: 'pull_request',
      parameters: {
        required_approving_review_count: 1,
        dismiss_stale_reviews_on_push: true,
        require_code_owner_review: true,
        require_last_push_approval: true,
        required_review_thread_resolution: false,
        // One commit each: none between becomes history of the branch.
        allowed_merge_methods: ['squash'],
      },
    },
    {
      type: 'required_status_checks',
      parameters: {
        strict_required_status_checks_policy: true,
        required_status_checks: [{ context: CHECK_NAME, integration_id: ACTIONS_APP }],
      },
    },
  ],
  bypass_actors: [],
}
