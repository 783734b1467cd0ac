/** A station at which photographs can be posted, and a program that does. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { onTestFinished } from 'vitest'
import { z } from 'zod'
import { intakeStateOf, keepIntake } from '../../../../src/main/features/intake/keep-intake.ts'
import { makeToken } from '../../../../src/main/features/intake/token.ts'
import type { Session } from '../../../../src/main/session/session.ts'
import { changeSetting } from '../../../../src/main/store/settings.ts'
import {
  type IntakeAnswer,
  type IntakeRules,
  intakeAnswerSchema,
  intakeRulesKey,
  standardIntakeRules,
} from '../../../../src/shared/intake.ts'

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new RangeError('it does not listen')
  server.close()
  await once(server, 'close')
  return address.port
}

export interface Port {
  url: string
  token: string
  post(
    path: string,
    body: Uint8Array<ArrayBuffer> | string,
    headers?: Record<string, string>,
  ): Promise<Response>
  /** Posts what must be taken. */
  judge(path: string, body: Uint8Array<ArrayBuffer>): Promise<IntakeAnswer>
}

/** Opens the port of a session until the test ends. */
export async function openPort(session: Session, rules: Partial<IntakeRules> = {}): Promise<Port> {
  const { db } = session.workspace
  const port = await freePort()
  changeSetting(db, intakeRulesKey, { ...standardIntakeRules, enabled: true, port, ...rules }, 'Li Na')
  const token = makeToken(db, 'Li Na')
  const opened = new Promise<void>((resolve) => {
    const stop = session.events.on('intake.changed', () => {
      stop()
      resolve()
    })
  })
  onTestFinished(keepIntake(session))
  await opened
  const url = intakeStateOf(session).url ?? ''
  const post: Port['post'] = (path, body, headers = {}) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${token}`, ...headers },
    })
  return {
    url,
    token,
    post,
    async judge(path, body) {
      const answer = await post(path, body)
      const text = await answer.text()
      if (!answer.ok) throw new Error(`${answer.status} ${text}`)
      return intakeAnswerSchema.parse(JSON.parse(text))
    },
  }
}

const refusalSchema = z.object({
  error: z.object({ code: z.string(), message: z.string().min(10), remedy: z.string().min(10) }),
})
/** Status and code of an answer that must have words. */
export async function refusalOf(answer: Response): Promise<[number, string]> {
  return [answer.status, refusalSchema.parse(await answer.json()).error.code]
}
