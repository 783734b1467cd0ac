import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { pinHash } from '../../../../src/main/features/operators/pin.ts'
import { createSignIn, releaseOperator } from '../../../../src/main/features/operators/sign-in.ts'
import { actAs } from '../../../../src/main/platform/actor.ts'
import { listAudit } from '../../../../src/main/store/audit.ts'
import type { Database } from '../../../../src/main/store/database.ts'
import {
  findOrMakeOperator,
  listOperators,
  renameOperator,
  secureOperator,
} from '../../../../src/main/store/operators.ts'
import { waitAfter } from '../../../../src/main/store/pin-tries.ts'
import { openWorkspace } from '../../../../src/main/store/workspace.ts'
import { failureData } from '../../../../src/shared/failure.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'

const name = 'Li Na'
const right = '471108'

/** A workspace whose clock stands still until it is moved. */
function station() {
  const dir = join(temporaryFolder(), 'line')
  const clock = {
    now: Date.UTC(2026, 0, 31, 12),
    sinceStart: 7_200_000,
    passes(milliseconds: number) {
      clock.now += milliseconds
      clock.sinceStart += milliseconds
    },
  }
  const clocks = { now: () => clock.now, sinceStart: () => clock.sinceStart }
  const open = (create = false) => openWorkspace(dir, { create, ...clocks })
  let workspace = open(true)
  onTestFinished(() => workspace.close())
  return {
    clock,
    db: () => workspace.db,
    restart() {
      workspace.close()
      workspace = open()
    },
  }
}

async function withPin(db: Database, pin = right): Promise<void> {
  const { id } = findOrMakeOperator(db, name)
  secureOperator(db, { id, pinHash: await pinHash(pin) })
}

const codeOf = (trying: Promise<unknown>): Promise<string> =>
  trying.then(
    () => 'in',
    (error: unknown) => failureData(error).code,
  )

async function wrongTries(db: Database, count: number): Promise<string[]> {
  const signIn = createSignIn()
  const codes: string[] = []
  for (let i = 0; i < count; i++) codes.push(await codeOf(signIn.byName(db, { name, pin: `00${i}` })))
  return codes
}

describe('the tries of a PIN', () => {
  it('are limited also when 200 come at once, and the right one among them is not taken', async () => {
    const { db } = station()
    await withPin(db())
    const signIn = createSignIn()
    const codes = await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        codeOf(signIn.byName(db(), { name, pin: i === 150 ? right : String(i) })),
      ),
    )
    expect(codes.filter((code) => code === 'pin-wrong')).toHaveLength(5)
    expect(codes.filter((code) => code === 'pin-locked')).toHaveLength(195)
    const rows = listAudit(db(), { action: 'operator.pin-wrong' })
    expect(rows.map(({ detail }) => detail)).toMatchObject(
      [5, 4, 3, 2, 1].map((wrong) => ({ of: name, wrong, wait: waitAfter(wrong) })),
    )
    expect(rows.every(({ operator }) => operator === null)).toBe(true)
  })

  it('are limited also where two programs try at once', async () => {
    const { db } = station()
    await withPin(db())
    const programs = [createSignIn(), createSignIn()]
    const codes = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        codeOf((programs[i % 2] ?? createSignIn()).byName(db(), { name, pin: String(i) })),
      ),
    )
    expect(codes.filter((code) => code === 'pin-wrong')).toHaveLength(5)
  })

  it('lock the name over a restart, until the wait is over', async () => {
    const { clock, db, restart } = station()
    await withPin(db())
    expect(await wrongTries(db(), 6)).toEqual([...Array(5).fill('pin-wrong'), 'pin-locked'])
    restart()
    clock.passes(29_999)
    await expect(createSignIn().byName(db(), { name, pin: right })).rejects.toMatchObject({
      code: 'pin-locked',
      params: { operator: name, count: 5, seconds: 1 },
    })
    clock.passes(1)
    expect((await createSignIn().byName(db(), { name, pin: right })).operator.name).toBe(name)
    expect(await wrongTries(db(), 1)).toEqual(['pin-wrong'])
  })

  it('make the wait twice as long each, up to an hour', async () => {
    const { clock, db } = station()
    await withPin(db())
    await wrongTries(db(), 5)
    for (const seconds of [30, 60, 120, 240]) {
      clock.passes(seconds * 1000 - 1)
      expect(await wrongTries(db(), 1)).toEqual(['pin-locked'])
      clock.passes(1)
      expect(await wrongTries(db(), 1)).toEqual(['pin-wrong'])
    }
    await expect(createSignIn().byName(db(), { name, pin: right })).rejects.toMatchObject({
      params: { case: 'minutes', count: 9, minutes: 8 },
    })
    expect(waitAfter(100)).toBe(3_600_000)
  })

  it.each([
    ['back', -2 * 365 * 86_400_000],
    ['forward', 86_400_000],
  ])('are locked for as long where the clock is set %s', async (_, milliseconds) => {
    const { clock, db, restart } = station()
    await withPin(db())
    await wrongTries(db(), 5)
    clock.now += milliseconds
    restart()
    clock.passes(29_999)
    expect(await wrongTries(db(), 1)).toEqual(['pin-locked'])
    clock.passes(1)
    expect((await createSignIn().byName(db(), { name, pin: right })).operator.name).toBe(name)
  })

  it('are locked for the whole wait after a restart of the computer, whatever its clock shows then', async () => {
    const { clock, db, restart } = station()
    await withPin(db())
    await wrongTries(db(), 5)
    clock.now += 365 * 86_400_000
    clock.sinceStart = 29_999
    restart()
    expect(await wrongTries(db(), 1)).toEqual(['pin-locked'])
    clock.passes(1)
    expect((await createSignIn().byName(db(), { name, pin: right })).operator.name).toBe(name)
  })
})

describe('a PIN', () => {
  const renew = (db: Database, newPin: string) =>
    createSignIn().secure(db, { name, pin: null, newPin, badge: null })

  it('that is newly set has six digits or more, or is a passphrase', async () => {
    const { db } = station()
    findOrMakeOperator(db(), name)
    for (const short of ['4711', '47110', '班组口令']) {
      await expect(renew(db(), short)).rejects.toMatchObject({ code: 'pin-short', params: { count: 6 } })
    }
    for (const simple of ['111111', '123456', '987654']) {
      await expect(renew(db(), simple)).rejects.toMatchObject({ code: 'pin-simple' })
    }
    const phrase = 'four good parts and one with a scratch'
    expect((await renew(db(), phrase)).operator.hasPin).toBe(true)
    expect((await createSignIn().byName(db(), { name, pin: phrase })).pinIsShort).toBe(false)
  })

  it('of an earlier version goes on working, and it is said that it is short until it is renewed', async () => {
    const { db } = station()
    await withPin(db(), '4711')
    const signIn = createSignIn()
    expect((await signIn.byName(db(), { name, pin: '4711' })).pinIsShort).toBe(true)
    const renewed = await signIn.secure(db(), { name, pin: '4711', newPin: right, badge: null })
    expect(renewed.pinIsShort).toBe(false)
    expect((await signIn.byName(db(), { name, pin: right })).pinIsShort).toBe(false)
  })
})

describe('badges that nobody has', () => {
  it('are limited as wrong PINs are, over a restart, and meanwhile everybody signs in by name', async () => {
    const { clock, db, restart } = station()
    const { id } = findOrMakeOperator(db(), name)
    secureOperator(db(), { id, badge: '0004711' })
    const tryBadge = (badge: string) => codeOf(createSignIn().byBadge(db(), { badge, pin: null }))
    for (let i = 0; i < 5; i++) expect(await tryBadge(`00047${i}`)).toBe('badge-unknown')
    restart()
    expect(await tryBadge('0004711')).toBe('badges-locked')
    expect(await codeOf(createSignIn().byName(db(), { name, pin: null }))).toBe('in')
    clock.passes(30_000)
    expect(await tryBadge('0004711')).toBe('in')
    const rows = listAudit(db(), { action: 'operator.badge-unknown' })
    expect(rows.map(({ detail }) => detail)).toEqual(
      [5, 4, 3, 2, 1].map((unknown) => ({ unknown, wait: waitAfter(unknown) })),
    )
  })
})

describe('a locked PIN', () => {
  it('is released by another operator who has a PIN, and by nobody else', async () => {
    const { db } = station()
    await withPin(db())
    await wrongTries(db(), 5)
    const other = findOrMakeOperator(db(), 'Wang Li')
    for (const by of [null, name, other.name, 'Nobody Known']) {
      expect(() => releaseOperator(db(), name, by)).toThrow(
        expect.objectContaining({ code: 'release-not-allowed' }),
      )
    }
    secureOperator(db(), { id: other.id, pinHash: await pinHash('135790') })
    actAs(other.name, () => releaseOperator(db(), name, other.name))
    expect(await codeOf(createSignIn().byName(db(), { name, pin: right }))).toBe('in')
    const [row] = listAudit(db(), { action: 'operator.pin-released' })
    expect(row).toMatchObject({ operator: other.name, detail: { of: name } })
  })
})

describe('what is done with PIN, badge and name', () => {
  it('is in the audit, without the PIN and the badge', async () => {
    const { db } = station()
    findOrMakeOperator(db(), name)
    const signIn = createSignIn()
    await signIn.secure(db(), { name, pin: null, newPin: right, badge: '0004711' })
    await signIn.secure(db(), { name, pin: right, newPin: '135790' })
    expect(listOperators(db())).toMatchObject([{ hasPin: true, hasBadge: true }])
    await signIn.secure(db(), { name, pin: '135790', newPin: null, badge: null })
    renameOperator(db(), name, 'Li Na 2')
    expect(() => renameOperator(db(), 'Nobody Known', 'Somebody')).toThrow(
      expect.objectContaining({ code: 'operator-unknown' }),
    )
    findOrMakeOperator(db(), 'Wang Li')
    expect(() => renameOperator(db(), 'Wang Li', 'li na 2')).toThrow(
      expect.objectContaining({ code: 'operator-name-taken' }),
    )
    const rows = listAudit(db(), { action: 'operator' }).reverse()
    expect(rows.map(({ action }) => action)).toEqual([
      'operator.added',
      'operator.pin-set',
      'operator.badge-set',
      'operator.pin-changed',
      'operator.pin-removed',
      'operator.badge-removed',
      'operator.renamed',
      'operator.added',
    ])
    expect(rows.slice(0, 6).every(({ operator }) => operator === name)).toBe(true)
    for (const secret of [right, '135790', '0004711']) expect(JSON.stringify(rows)).not.toContain(secret)
  })
})
