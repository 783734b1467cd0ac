/** The token by which programs may post photographs. It is shown once; the workspace has its digest. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { intakeTokenKey, intakeTokenSchema } from '../../../shared/intake.ts'
import type { Database } from '../../store/database.ts'
import { changeSetting, readSetting } from '../../store/settings.ts'

const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest()

const storedToken = (db: Database) => readSetting(db, intakeTokenKey, intakeTokenSchema.nullable(), null)

/** When the token was made; null before there is one. */
export const tokenMadeAt = (db: Database): number | null => storedToken(db)?.madeAt ?? null

/** Makes a token in the place of the one before. */
export function makeToken(db: Database, operator: string | null): string {
  const token = randomBytes(32).toString('base64url')
  changeSetting(db, intakeTokenKey, { sha256: digestOf(token).toString('hex'), madeAt: db.now() }, operator)
  return token
}

/** @param authorization the header of a request */
export function isAuthorized(db: Database, authorization: string | undefined): boolean {
  const stored = storedToken(db)
  const given = /^Bearer ([\w-]{1,200})$/.exec(authorization ?? '')?.[1]
  if (stored === null || given === undefined) return false
  const known = Buffer.from(stored.sha256, 'hex')
  const digest = digestOf(given)
  return known.length === digest.length && timingSafeEqual(digest, known)
}
