/**
 * Who is answered. Every request passes here before anything else looks at it, and what is not allowed by name is
 * refused: a page of another site, another name for this machine, a program without the cookie.
 *
 * A name that an attacker lets point at this machine (DNS rebinding) shows in `Host`; a page of another site shows in
 * `Origin` or `Sec-Fetch-Site`; another port of this machine is the same site, so only `same-origin` will do.
 */
import { ServerRefusal } from './refusal.ts'
import type { Secrets } from './secrets.ts'

/**
 * Who may ask: `enter` whoever has a link; `page` and `read` whoever has the cookie, `page` also by an address that a
 * person typed; `write` pages of this server alone, with the token.
 */
export type Guard = 'enter' | 'page' | 'read' | 'write'

/** What a request says of where it comes from. */
export interface Asker {
  /** Every `Host` header there was. */
  readonly hosts: readonly string[]
  readonly origin: string | undefined
  readonly fetchSite: string | undefined
  readonly cookie: string | undefined
  readonly writeToken: string | undefined
}

/** Refuses a request for another machine name than this server's own. */
export function checkHost(asker: Asker, port: number): void {
  const [host, second] = asker.hosts
  if (host !== undefined && second === undefined && ownHosts(port).includes(host)) return
  throw new ServerRefusal(421, 'server-host', {
    what: 'this server does not answer for that host',
    why: `it answers for ${ownHosts(port).join(' and ')} alone, so that no other site can pass for it`,
    next: 'open the link that mlv ui printed',
  })
}

/** Refuses a request that its guard does not allow; the host was checked before. */
export function checkAsker(asker: Asker, guard: Guard, secrets: Secrets, port: number): void {
  // A link is opened from a terminal, a file or another page: the token in it is what counts.
  if (guard === 'enter') return
  checkOrigin(asker, guard, port)
  if (!secrets.hasCookie(asker.cookie)) {
    throw new ServerRefusal(401, 'server-session', {
      what: 'this browser was not let in',
      why: 'the link that mlv ui prints lets in one browser, once, until mlv ui ends',
      next: "run 'mlv ui' again, and open the link it prints",
    })
  }
  if (guard !== 'write' || secrets.isWriteToken(asker.writeToken)) return
  throw new ServerRefusal(403, 'server-token', {
    what: 'nothing was written',
    why: 'a change needs the token that only a page of this server knows',
    next: 'load the page again',
  })
}

function checkOrigin({ origin, fetchSite }: Asker, guard: Guard, port: number): void {
  const isOwn = origin === undefined || ownHosts(port).some((host) => origin === `http://${host}`)
  // Absent where no browser asks; `none` where a person typed the address or opened a file.
  const allowed = guard === 'write' ? [undefined, 'same-origin'] : [undefined, 'same-origin', 'none']
  if (isOwn && allowed.includes(fetchSite)) return
  throw new ServerRefusal(403, 'server-origin', {
    what: 'this server does not answer pages of other sites',
    why: 'whatever a browser has open could otherwise read the records of this repository',
    next: 'open the link that mlv ui printed',
  })
}

function ownHosts(port: number): readonly string[] {
  return [`127.0.0.1:${port}`, `localhost:${port}`]
}
