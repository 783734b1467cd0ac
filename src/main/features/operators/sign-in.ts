/**
 * Signing in by name or badge, with a PIN where the operator has one. A PIN is stored as its scrypt hash with a salt
 * per operator, and only a few wrong PINs are allowed in a row.
 */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { Failure } from '../../../shared/failure.ts'
import type { Operator } from '../../../shared/operator.ts'
import type { Database } from '../../store/database.ts'
import {
  findOrMakeOperator,
  operatorByBadge,
  operatorByName,
  pinHashOf,
  secureOperator,
} from '../../store/operators.ts'

/** Cost of checking one PIN: 32 MiB and about a tenth of a second. */
const cost = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 2 ** 20 }
const keyBytes = 32
/** Wrong PINs allowed in a row, and how long nobody can sign in after that, in milliseconds. */
const mostTries = 5
const pause = 30_000

const stretched = (pin: string, salt: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(pin.normalize('NFKC'), salt, keyBytes, cost, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })

export async function pinHash(pin: string): Promise<string> {
  const salt = randomBytes(16)
  const key = await stretched(pin, salt)
  return `scrypt$${cost.N}$${cost.r}$${cost.p}$${salt.toString('base64')}$${key.toString('base64')}`
}

async function isPin(pin: string, stored: string): Promise<boolean> {
  const [, , , , salt = '', key = ''] = stored.split('$')
  return timingSafeEqual(await stretched(pin, Buffer.from(salt, 'base64')), Buffer.from(key, 'base64'))
}

export interface SignIn {
  /** Makes the operator where the name is new. @throws Failure `operator-name-invalid`, `pin-needed`, `pin-wrong`, `pin-locked` */
  byName(db: Database, request: { name: string; pin: string | null }): Promise<Operator>
  /** @throws Failure `badge-unknown`, and those of the PIN */
  byBadge(db: Database, request: { badge: string; pin: string | null }): Promise<Operator>
  /** @throws Failure `operator-unknown`, `pin-short`, `badge-taken`, and those of the PIN */
  secure(
    db: Database,
    request: {
      name: string
      pin: string | null
      /** Null or empty removes it; left out, it stays. */
      newPin?: string | null
      badge?: string | null
    },
  ): Promise<Operator>
}

/**
 * Which operators signed in at which window. Nobody may act in the name of an operator who has a PIN without having
 * signed in at that window.
 */
export interface SignedIn {
  enter(db: Database, caller: string, operator: Operator): void
  leave(db: Database, caller: string, name: string): void
  /** Whether the window may act in this name: the operator signed in there, or has no PIN. */
  mayAct(db: Database, caller: string, name: string): boolean
  /** @throws Failure `not-signed-in` */
  require(db: Database, caller: string, name: string): void
}

export function createSignedIn(): SignedIn {
  // Kept per database, since another workspace has other operators.
  const known = new WeakMap<Database, Map<string, Set<number>>>()
  function at(db: Database, caller: string): Set<number> {
    const callers = known.get(db) ?? new Map<string, Set<number>>()
    known.set(db, callers)
    const operators = callers.get(caller) ?? new Set<number>()
    callers.set(caller, operators)
    return operators
  }
  function mayAct(db: Database, caller: string, name: string): boolean {
    const operator = operatorByName(db, name)
    return !operator?.hasPin || at(db, caller).has(operator.id)
  }
  return {
    mayAct,
    enter: (db, caller, { id }) => void at(db, caller).add(id),
    leave(db, caller, name) {
      const operator = operatorByName(db, name)
      if (operator) at(db, caller).delete(operator.id)
    },
    require(db, caller, name) {
      if (mayAct(db, caller, name)) return
      throw new Failure('not-signed-in', { operator: name })
    },
  }
}

const shortestPin = 4

export function createSignIn(now: () => number = Date.now): SignIn {
  const tries = new Map<number, { wrong: number; until: number }>()

  async function prove(db: Database, operator: Operator, pin: string | null): Promise<void> {
    const stored = pinHashOf(db, operator.id)
    if (stored === null) return
    const tried = tries.get(operator.id) ?? { wrong: 0, until: 0 }
    if (tried.until > now()) {
      const seconds = Math.ceil((tried.until - now()) / 1000)
      throw new Failure('pin-locked', { operator: operator.name, count: mostTries, seconds })
    }
    if (pin === null || pin === '') {
      throw new Failure('pin-needed', { operator: operator.name })
    }
    if (await isPin(pin, stored)) {
      tries.delete(operator.id)
      return
    }
    const wrong = tried.wrong + 1
    tries.set(operator.id, wrong >= mostTries ? { wrong: 0, until: now() + pause } : { wrong, until: 0 })
    throw new Failure('pin-wrong', { operator: operator.name })
  }

  return {
    async byName(db, { name, pin }) {
      const known = operatorByName(db, name)
      if (known) await prove(db, known, pin)
      return findOrMakeOperator(db, name)
    },
    async byBadge(db, { badge, pin }) {
      const operator = operatorByBadge(db, badge)
      if (!operator) {
        throw new Failure('badge-unknown')
      }
      await prove(db, operator, pin)
      return operator
    },
    async secure(db, { name, pin, newPin, badge }) {
      const operator = operatorByName(db, name)
      if (!operator) {
        throw new Failure('operator-unknown', { operator: name })
      }
      await prove(db, operator, pin)
      const wanted = newPin?.trim() ?? ''
      if (wanted !== '' && wanted.length < shortestPin) {
        throw new Failure('pin-short', { count: shortestPin })
      }
      secureOperator(db, {
        id: operator.id,
        ...(newPin === undefined ? {} : { pinHash: wanted === '' ? null : await pinHash(wanted) }),
        ...(badge === undefined
          ? {}
          : { badge: badge === null || badge.trim() === '' ? null : badge.trim() }),
      })
      return operatorByName(db, name) ?? operator
    },
  }
}
