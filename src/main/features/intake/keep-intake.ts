/** Keeps the port for photographs open for as long as a workspace is, by the rules that are set there. */
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { Failure, type FailureData, failureData, failureDocument, reasonOf } from '../../../shared/failure.ts'
import {
  type IntakeRules,
  intakeRulesKey,
  intakeRulesSchema,
  standardIntakeRules,
} from '../../../shared/intake.ts'
import type { Session } from '../../session/session.ts'
import type { Database } from '../../store/database.ts'
import { type Deposit, depositOf, listDeposits, removeDeposit } from '../../store/deposits.ts'
import { listPoints } from '../../store/inspection-points.ts'
import { isFileJudged, newestWatch } from '../../store/live.ts'
import { readSetting } from '../../store/settings.ts'
import { requireOfPlant } from '../delivery/plant-network.ts'
import { intakeServer, type Waiting } from './intake-server.ts'
import { unfinishedPrefix } from './put-photograph.ts'

/** Milliseconds between two looks for changes of the rules, which another process may have made. */
const lookEvery = 1000

export const intakeRulesOf = (db: Database): IntakeRules =>
  readSetting(db, intakeRulesKey, intakeRulesSchema, standardIntakeRules)

interface Kept {
  url(): string | null
  failure(): FailureData | null
  follow(): Promise<void>
}
const kept = new WeakMap<Session, Kept>()

/** Whether it listens, and why it does not. */
export const intakeStateOf = (session: Session): { url: string | null; failure: FailureData | null } => {
  const own = kept.get(session)
  return { url: own?.url() ?? null, failure: own?.failure() ?? null }
}

/** Takes up changes of the rules now. */
export const followIntake = async (session: Session): Promise<void> => {
  await kept.get(session)?.follow()
}

/** @returns what closes the port */
export function keepIntake(session: Session): () => Promise<void> {
  const { workspace, events, log } = session
  const { db } = workspace
  const waiting: Waiting = new Map()
  let server: FastifyInstance | null = null
  let openedBy = ''
  let url: string | null = null
  let failure: FailureData | null = null
  let turn: Promise<void> = Promise.resolve()

  async function close(): Promise<void> {
    const closing = server
    server = null
    url = null
    await closing?.close()
  }

  async function follow(): Promise<void> {
    const rules = intakeRulesOf(db)
    const wanted = rules.enabled ? JSON.stringify(rules) : ''
    if (wanted === openedBy && (server !== null || wanted === '')) return
    const before = JSON.stringify([url, failure])
    await close()
    failure = null
    openedBy = wanted
    if (rules.enabled) {
      try {
        requireOfPlant(rules.address)
        const opening = intakeServer(session, rules, waiting)
        server = opening
        url = await listen(opening, rules)
        log.info(`Photographs can be posted to ${url}.`)
      } catch (error) {
        await close()
        failure = failureData(error)
      }
    }
    if (JSON.stringify([url, failure]) === before) return
    if (failure !== null) log.error('Photographs cannot be posted now.', failureDocument(failure))
    events.emit('intake.changed', {})
  }

  /** The workspace has the photograph: the file is not needed any more. */
  async function clear({ folder, file }: Deposit): Promise<void> {
    try {
      await rm(join(folder, file), { force: true })
      removeDeposit(db, file)
    } catch (error) {
      // Tried again at the next start.
      log.warn(`${file} could not be removed from the watched folder.`, failureDocument(error))
    }
  }

  const look = (): Promise<void> => {
    turn = turn.then(follow).catch((error: unknown) => {
      log.error('The port for photographs could not be opened.', failureDocument(error))
    })
    return turn
  }
  const stopHearing = events.on('live.judged', (part) => {
    const deposit = depositOf(db, part.file)
    if (deposit === undefined) return
    void clear(deposit)
    waiting.get(part.file)?.(part)
  })
  function clearLeft(): void {
    const folders = listPoints(db).flatMap(({ name }) => newestWatch(db, name)?.folder ?? [])
    for (const folder of folders) {
      const names = existsSync(folder) ? readdirSync(folder) : []
      for (const name of names)
        if (name.startsWith(unfinishedPrefix)) rmSync(join(folder, name), { force: true })
    }
    for (const deposit of listDeposits(db)) {
      const { folder, file } = deposit
      const isNowhere = existsSync(folder) && !existsSync(join(folder, file))
      if (isNowhere || isFileJudged(db, file)) void clear(deposit)
    }
  }
  // Judged, and not cleared before the process ended; or never put there: nobody was answered.
  try {
    clearLeft()
  } catch (error) {
    log.warn('What was left of posted photographs could not be cleared.', failureDocument(error))
  }
  const looking = setInterval(() => void look(), lookEvery)
  kept.set(session, { url: () => url, failure: () => failure, follow: look })
  void look()

  return async () => {
    clearInterval(looking)
    stopHearing()
    await turn
    await close()
    kept.delete(session)
  }
}

/** @throws Failure `output-port-taken` */
async function listen(server: FastifyInstance, { address, port }: IntakeRules): Promise<string> {
  try {
    return await server.listen({ host: address, port })
  } catch (cause) {
    throw new Failure('output-port-taken', { address, port, reason: reasonOf(cause) }, { cause })
  }
}
