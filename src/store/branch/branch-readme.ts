/**
 * The page a visitor of the branch sees first: what it is, and how to read it with plain git.
 */

/** `README.md` at the root of the branch. */
export const BRANCH_README = `# mlv

This branch is the record of this repository's runs and models. It is written by mlv and read by anything that reads git.
It shares no history with your code: never merge it into another branch.

| path | what it is |
|---|---|
| \`models/<name>/model.yaml\` | a model: how its metrics are judged |
| \`models/<name>/aliases/<alias>.yaml\` | which version an alias such as \`production\` names, since when, by whom, why |
| \`models/<name>/versions/<n>/version.yaml\` | one version: its run, code, data, parameters and metrics |
| \`models/<name>/versions/<n>/files/\` | its files, or Git LFS pointers to them |
| \`runs/<month>/<day>/<c>/<c>/<id>/run.yaml\` | one run |

With plain git:

    git log --first-parent mlv                                  every operation, newest first
    git log -p mlv -- models/churn/aliases/production.yaml      every promotion of one alias, with the metric changes
    git show mlv:models/churn/aliases/production.yaml           what is in production now
    git show mlv:models/churn/versions/3/version.yaml           one version

To undo the newest promotion with plain git, revert its commit in a worktree of its own:

    git worktree add --detach --no-checkout ../mlv-revert mlv
    git -C ../mlv-revert sparse-checkout set --no-cone '/models/*/aliases/'
    git -C ../mlv-revert checkout --detach mlv
    git -C ../mlv-revert revert --no-edit HEAD
    git -C ../mlv-revert push . HEAD:mlv
    git worktree remove ../mlv-revert
`
