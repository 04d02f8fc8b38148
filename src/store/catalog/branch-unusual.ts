/**
 * Why a branch gets no index.
 */

/** The branch holds what mlv never writes. It is read without an index, by the code that says what is wrong with it. */
export class BranchUnusual extends Error {}
