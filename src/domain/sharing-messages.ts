/**
 * The words of the refusals that only sharing can meet: remotes, stores for others, and what they answer.
 */
import { quoted, quotedList } from '../base/printable.ts'
import type { FailureData, FailureMessage } from './failure-data.ts'

type SharingCode =
  | 'remote-url-invalid'
  | 'lfs-response-invalid'
  | 'lfs-host-untrusted'
  | 'store-address-invalid'
  | 'store-host-untrusted'
  | 'version-unpublished'
  | 'forge-token-missing'
  | 'store-not-found'
  | 'address-private'
  | 'host-limit-exceeded'
  | 'store-unlisted'
  | 'store-in-use'
  | 'store-repository-untrusted'
  | 'store-repository-unread'
  | 'credential-invalid'
  | 'push-refused'
  | 'push-contended'
  | 'remote-rewound'
  | 'settings-differ'
  | 'remote-unreachable'
  | 'remote-refused'
  | 'remote-not-found'

/** One writer a code. */
export const sharingMessages: { readonly [Code in SharingCode]: (data: FailureData[Code]) => FailureMessage } = {
  'remote-url-invalid': ({ url, problem }) => ({
    what: `${quoted(withoutUser(url))} is not a URL that mlv can use`,
    why: problem,
  }),
  'lfs-response-invalid': ({ server, problem }) => ({
    what: `the answer of LFS server ${quoted(server)} cannot be used`,
    why: problem,
  }),
  'lfs-host-untrusted': ({ remote, host, expected }) => ({
    what: `the LFS server of ${quoted(remote)} is ${quoted(host)}, not ${quoted(expected)}`,
    why: 'a file of the repository names it, and whoever wrote that file would be sent your credentials',
  }),
  'store-address-invalid': ({ address, problem }) => ({
    what: `${quoted(address)} is not an address of a store`,
    why: problem,
  }),
  'store-host-untrusted': ({ host }) => ({
    what: `the branch keeps its artifacts at ${quoted(host)}, which this clone was not told to trust`,
    why: 'whoever wrote that address would be sent requests signed with your credentials',
  }),
  'version-unpublished': ({ version, remote }) => ({
    what: `${quoted(remote)} has no ${quoted(version)}`,
    why: 'a request is about what others have, and this version was not pushed',
  }),
  'forge-token-missing': ({ forge }) => ({
    what: `this job has no token for ${forge}`,
    why: 'a comment is posted in the name of whoever the token belongs to',
  }),
  'store-not-found': ({ folder }) => ({
    what: `there is no store at ${quoted(folder)}`,
    why: 'it has no mlv-store.json; a disk that is not mounted looks like this',
  }),
  'host-limit-exceeded': ({ path, sizeBytes, by, limitBytes, why }) => ({
    what: `${quoted(path)} has ${megabytes(sizeBytes)}, and ${by} takes ${megabytes(limitBytes)} a file`,
    why: `it could never be pushed there; ${why}`,
  }),
  'address-private': ({ host, address }) => ({
    what: `a server sends this machine to ${quoted(host)}, which is ${quoted(address)}, inside its network`,
    why: 'a server outside could make this machine ask what only machines inside may ask',
  }),
  'store-unlisted': ({ store }) => ({
    what: `store ${quoted(store)} does not know every repository that uses it; nothing was removed`,
    why: 'it held objects before it kept a list, and one that is not listed would lose them',
  }),
  'store-in-use': ({ store, by }) => ({
    what:
      by === 'push'
        ? `a push to ${quoted(store)} is under way; nothing was removed`
        : `${quoted(store)} is being swept`,
    why: 'a push and a sweep at once could remove what was just sent',
  }),
  'store-repository-untrusted': ({ store, url }) => ({
    what: `store ${quoted(store)} is used by ${quoted(url)}, which this clone does not trust; nothing was removed`,
    why: 'whoever can write the store can write its list, and git would go wherever it leads',
  }),
  'store-repository-unread': ({ store, url, problem }) => ({
    what: `store ${quoted(store)} is used by ${quoted(url)}, which could not be read: ${problem}; nothing was removed`,
    why: 'what its records name is unknown',
  }),
  'credential-invalid': ({ what }) => ({
    what: `the ${what} of a credential has a line break`,
    why: 'a credential helper would read it as another line',
  }),
  'push-refused': ({ remote, ref, problem }) => ({
    what: `remote ${quoted(remote)} refused ${quoted(ref)}: ${problem}`,
    why: 'what was recorded is kept here; nothing was forced',
  }),
  'push-contended': ({ remote, ref, tries }) => ({
    what: `${quoted(ref)} moved on remote ${quoted(remote)} during each of ${tries} tries`,
    why: 'others push at the same time; what was recorded is kept here, on top of theirs',
  }),
  'remote-rewound': ({ remote, ref }) => ({
    what: `${quoted(ref)} on remote ${quoted(remote)} no longer has commits it had`,
    why: 'someone replaced its history; this clone still has all of it and was left as it is',
  }),
  'settings-differ': ({ remote, here, there }) => ({
    what: `this clone has ${here}, remote ${quoted(remote)} has ${there}`,
    why: 'both were set up apart, and what is recorded in one would not be found in the other',
  }),
  'remote-unreachable': ({ url, problem }) => ({ what: `${quoted(url)} cannot be reached`, why: problem }),
  'remote-refused': ({ url, status, problem }) => ({
    what: `${quoted(url)} refused${status === undefined ? '' : ` with status ${status}`}`,
    why: problem === '' ? 'it gave no reason' : problem,
  }),
  'remote-not-found': ({ text, known }) => ({
    what: `this repository has no remote ${quoted(text)}`,
    why: known.length === 0 ? 'it has none at all' : `it has ${quotedList(known)}`,
  }),
}

/** A URL as it may be shown: whoever typed a secret into it must not find it in a log. */
function withoutUser(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1')
}

function megabytes(sizeBytes: number): string {
  return `${Math.ceil(sizeBytes / 1e6)} MB`
}
