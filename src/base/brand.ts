/**
 * Brands: nominal types over strings and numbers.
 *
 * A branded value is proof that its one parser accepted it. Casts to a brand live only in that parser.
 */
declare const brand: unique symbol

/** A `Base` that only the parser of `Name` makes. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: { readonly [N in Name]: true } }
