/** Signing in by name or badge, with a PIN where the operator has one. */
import { Failure } from '../../../shared/failure.ts'
import type { Operator } from '../../../shared/operator.ts'
import { readBadge } from '../../store/badge-tries.ts'
import type { Database } from '../../store/database.ts'
import {
  findOperator,
  findOrMakeOperator,
  isRemovedOperator,
  operatorByName,
  pinHashOf,
  secureOperator,
} from '../../store/operators.ts'
import { beginPinTry, endPinTry, releasePin } from '../../store/pin-tries.ts'
import { isPin, isShortPin, pinHash, requireGoodPin } from './pin.ts'

/** Who signed in, and whether with a PIN that is shorter than a new one may be. */
export interface Proven {
  operator: Operator
  pinIsShort: boolean
}

export interface SignIn {
  /** Makes the operator where the name is new. @throws Failure `operator-name-invalid`, `pin-needed`, `pin-wrong`, `pin-locked` */
  byName(db: Database, request: { name: string; pin: string | null }): Promise<Proven>
  /** @throws Failure `badge-unknown`, `badges-locked`, and those of the PIN */
  byBadge(db: Database, request: { badge: string; pin: string | null }): Promise<Proven>
  /** @throws Failure `operator-unknown`, `pin-short`, `pin-simple`, `badge-taken`, and those of the PIN */
  secure(
    db: Database,
    request: {
      name: string
      pin: string | null
      /** Null or empty removes it; left out, it stays. */
      newPin?: string | null | undefined
      badge?: string | null | undefined
    },
  ): Promise<Proven>
}

/**
 * Ends the wait of somebody who typed wrong PINs. Only another operator who has a PIN may, so that nobody who tries
 * PINs can go on by making up a name.
 * @throws Failure `operator-unknown`, `release-not-allowed`
 */
export function releaseOperator(db: Database, name: string, by: string | null): Operator {
  const operator = findOperator(db, name)
  const releasing = by === null ? undefined : operatorByName(db, by)
  if (!releasing?.hasPin || releasing.id === operator.id) {
    throw new Failure('release-not-allowed', { operator: operator.name })
  }
  releasePin(db, operator)
  return operator
}

/**
 * Which operators signed in at which window. Nobody may act in the name of an operator who has a PIN without having
 * signed in at that window.
 */
export interface SignedIn {
  enter(db: Database, caller: string, proven: Proven): void
  leave(db: Database, caller: string, name: string): void
  /** Whether the window may act in this name: the operator signed in there, or has no PIN, and was not removed. */
  mayAct(db: Database, caller: string, name: string): boolean
  /** Whether the operator signed in there with a PIN that is shorter than a new one may be. */
  pinIsShort(db: Database, caller: string, name: string): boolean
  /** @throws Failure `not-signed-in` */
  require(db: Database, caller: string, name: string): void
}

export function createSignedIn(): SignedIn {
  // Kept per database, since another workspace has other operators.
  const known = new WeakMap<Database, Map<string, Map<number, Proven>>>()
  function at(db: Database, caller: string): Map<number, Proven> {
    const callers = known.get(db) ?? new Map<string, Map<number, Proven>>()
    known.set(db, callers)
    const operators = callers.get(caller) ?? new Map<number, Proven>()
    callers.set(caller, operators)
    return operators
  }
  function mayAct(db: Database, caller: string, name: string): boolean {
    const operator = operatorByName(db, name)
    if (operator === undefined) return !isRemovedOperator(db, name)
    return !operator.hasPin || at(db, caller).has(operator.id)
  }
  return {
    mayAct,
    pinIsShort(db, caller, name) {
      const operator = operatorByName(db, name)
      return operator !== undefined && at(db, caller).get(operator.id)?.pinIsShort === true
    },
    enter: (db, caller, proven) => void at(db, caller).set(proven.operator.id, proven),
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

/**
 * Signs in for one command; nothing is asked of a name without a PIN.
 * @throws Failure `pin-needed`, `pin-wrong`, `pin-locked`
 */
export async function signInAtCommand(
  db: Database,
  name: string,
  askPin: () => Promise<string | null>,
): Promise<void> {
  if (operatorByName(db, name)?.hasPin) await createSignIn().byName(db, { name, pin: await askPin() })
}

/** One try after another for each operator: however many come at once, none is checked that has not been counted. */
function createTurns(): <T>(operator: number, act: () => Promise<T>) => Promise<T> {
  const last = new Map<number, Promise<unknown>>()
  return (operator, act) => {
    const done = (last.get(operator) ?? Promise.resolve()).then(act)
    const settled = done.catch(() => undefined)
    last.set(operator, settled)
    return done
  }
}

export function createSignIn(): SignIn {
  const inTurn = createTurns()

  /** @returns whether the PIN is shorter than a new one may be */
  const prove = (db: Database, operator: Operator, pin: string | null): Promise<boolean> =>
    inTurn(operator.id, async () => {
      const stored = pinHashOf(db, operator.id)
      if (stored === null) return false
      if (pin === null || pin === '') {
        throw new Failure('pin-needed', { operator: operator.name })
      }
      const wrong = beginPinTry(db, operator)
      const isRight = await isPin(pin, stored)
      endPinTry(db, operator, wrong, isRight)
      if (!isRight) throw new Failure('pin-wrong', { operator: operator.name })
      return isShortPin(pin)
    })

  return {
    async byName(db, { name, pin }) {
      const known = operatorByName(db, name)
      const pinIsShort = known ? await prove(db, known, pin) : false
      return { operator: findOrMakeOperator(db, name), pinIsShort }
    },
    async byBadge(db, { badge, pin }) {
      const operator = readBadge(db, badge)
      return { operator, pinIsShort: await prove(db, operator, pin) }
    },
    async secure(db, { name, pin, newPin, badge }) {
      const operator = findOperator(db, name)
      const wasShort = await prove(db, operator, pin)
      const wanted = newPin?.trim() ?? ''
      if (wanted !== '') requireGoodPin(wanted)
      secureOperator(db, {
        id: operator.id,
        ...(newPin === undefined ? {} : { pinHash: wanted === '' ? null : await pinHash(wanted) }),
        ...(badge === undefined
          ? {}
          : { badge: badge === null || badge.trim() === '' ? null : badge.trim() }),
      })
      return {
        operator: operatorByName(db, name) ?? operator,
        pinIsShort: newPin === undefined && wasShort,
      }
    },
  }
}
