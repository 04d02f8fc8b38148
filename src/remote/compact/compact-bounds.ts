/**
 * From where on a compact store makes files smaller.
 */

/** What is smaller is stored whole: a manifest and a pack are two requests more. */
export const COMPACT_LEAST_BYTES = 64 * 1024

/** Nothing that saves less than a tenth is worth being put together again. */
export const WORTH_RATIO = 0.9
