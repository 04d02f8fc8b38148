/**
 * People who must approve, as the hosts of git repositories write them.
 */
import { refuse } from './failure.ts'

/** `@user`, `@org/team`, `@group/subgroup` or an address of mail: nothing that could begin another line or entry. */
const OWNER = /^(?:@[A-Za-z0-9][\w.-]*(?:\/[A-Za-z0-9][\w.-]*)*|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)$/

/** Reads the name of an owner. @throws `usage-invalid` */
export function parseCodeOwner(text: string): string {
  if (OWNER.test(text)) return text
  throw refuse('usage-invalid', { problem: `'${text}' names nobody; write @user, @org/team or an address of mail` })
}
