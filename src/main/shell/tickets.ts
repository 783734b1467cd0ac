/**
 * Decides which browser may use the browser host. An address contains a ticket; the first browser that opens it gets
 * a cookie that from then on belongs to that ticket, so an address read later in a history, a log or a process list
 * is useless. Cookies are not limited to a port, but this one is limited to its path, so no other local server
 * receives it.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

const cookieName = 'fanoscope'
/** Seconds; a ticket ends when its host ends anyway. */
const cookieAge = 365 * 24 * 3600

export type Admission =
  | { kind: 'refused' }
  /** The request has the cookie. */
  | { kind: 'admitted' }
  /** The first use of the ticket: the answer must set this cookie. */
  | { kind: 'first'; cookie: string }

export interface Tickets {
  /** Makes a ticket that no browser has used yet. */
  issue(): string
  /** `mayBegin`: whether this request can be a ticket's first use. */
  admit(ticket: string, cookieHeader: string | undefined, mayBegin: boolean): Admission
}

export function createTickets(randomText = (): string => randomBytes(24).toString('base64url')): Tickets {
  /** The digest of the cookie's secret by ticket; null until the ticket's first use. */
  const tickets = new Map<string, Buffer | null>()
  return {
    issue() {
      const ticket = randomText()
      tickets.set(ticket, null)
      return ticket
    },
    admit(ticket, cookieHeader, mayBegin) {
      const known = tickets.get(ticket)
      if (known === undefined) return { kind: 'refused' }
      if (known !== null) {
        const isSame = secretsIn(cookieHeader).some((secret) => timingSafeEqual(digest(secret), known))
        return { kind: isSame ? 'admitted' : 'refused' }
      }
      if (!mayBegin) return { kind: 'refused' }
      const secret = randomText()
      tickets.set(ticket, digest(secret))
      const cookie = `${cookieName}=${secret}; Path=/${ticket}/; Max-Age=${cookieAge}; HttpOnly; SameSite=Strict`
      return { kind: 'first', cookie }
    },
  }
}

const digest = (secret: string): Buffer => createHash('sha256').update(secret).digest()

function secretsIn(header = ''): string[] {
  return header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${cookieName}=`))
    .map((pair) => pair.slice(cookieName.length + 1))
}
