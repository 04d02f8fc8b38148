/**
 * Which test a user's side of each hazard is held by: rows P, S, C and D of the list of threats. Deeper tables of the
 * same rows are beside the code that refuses: test/domain/artifact-path.test.ts, test/store/artifacts, test/remote,
 * test/store/documents, test/store/git.
 */

/** A hazard and its tests: the file below `test/`, and the start of the titles. */
export interface Row {
  readonly id: string
  readonly hazard: string
  readonly file: string
  readonly title: string
}

/** Every row, in the order of the list. */
export const ROWS: readonly Row[] = [
  { id: 'P1', hazard: 'paths that leave the folder', file: 'hostile/paths.test.ts', title: 'P1: ' },
  { id: 'P2', hazard: 'absolute paths of any system', file: 'hostile/paths.test.ts', title: 'P2: ' },
  { id: 'P3', hazard: 'paths git acts on', file: 'hostile/paths.test.ts', title: 'P3: ' },
  { id: 'P4', hazard: 'names Windows cannot have', file: 'hostile/paths.test.ts', title: 'P4: ' },
  { id: 'P5', hazard: 'characters that cannot be seen', file: 'hostile/paths.test.ts', title: 'P5: ' },
  { id: 'P6', hazard: 'names that collide elsewhere', file: 'hostile/paths.test.ts', title: 'P6: ' },
  { id: 'P7', hazard: 'trees with a name twice', file: 'hostile/trees.test.ts', title: 'P7: ' },
  { id: 'P8', hazard: 'entries that are no files', file: 'hostile/trees.test.ts', title: 'P8: ' },
  { id: 'P9', hazard: 'links in the destination', file: 'hostile/destinations.test.ts', title: 'P9: ' },
  { id: 'P10', hazard: 'special files in the destination', file: 'hostile/destinations.test.ts', title: 'P10: ' },
  { id: 'P11', hazard: 'more files than fit', file: 'hostile/paths.test.ts', title: 'P11: ' },
  { id: 'P12', hazard: 'names that are no refs', file: 'hostile/arguments.test.ts', title: 'P12: ' },
  {
    id: 'P13',
    hazard: 'names that mean another file once decoded',
    file: 'hostile/artifact-names.test.ts',
    title: 'P13: ',
  },
  { id: 'S1', hazard: 'servers that lead inside', file: 'hostile/named-servers.test.ts', title: 'S1: ' },
  { id: 'S2', hazard: 'addresses that run programs', file: 'hostile/sharing-addresses.test.ts', title: 'S2: ' },
  { id: 'S3', hazard: 'servers nobody trusted', file: 'hostile/untrusted-servers.test.ts', title: 'S3: ' },
  { id: 'S4', hazard: 'answers that lie', file: 'hostile/sharing-answers.test.ts', title: 'S4: ' },
  { id: 'S5', hazard: 'secrets where others read', file: 'hostile/credentials.test.ts', title: 'S5: ' },
  { id: 'C1', hazard: 'values that look like options', file: 'hostile/arguments.test.ts', title: 'C1: ' },
  { id: 'C2', hazard: 'programs named by the repository', file: 'hostile/arguments.test.ts', title: 'C2: ' },
  { id: 'D1', hazard: 'YAML that expands or means two things', file: 'hostile/documents.test.ts', title: 'D1: ' },
  { id: 'D2', hazard: 'keys that name built-ins', file: 'hostile/documents.test.ts', title: 'D2: ' },
  { id: 'D3', hazard: 'deep nesting', file: 'hostile/documents.test.ts', title: 'D3: ' },
  { id: 'D4', hazard: 'duplicate keys and inexact numbers', file: 'hostile/documents.test.ts', title: 'D4: ' },
  { id: 'D5', hazard: 'damaged files and newer formats', file: 'hostile/documents.test.ts', title: 'D5: ' },
]
