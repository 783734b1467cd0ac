/** A station that is killed again and again while its outputs go off and on at random. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { createRandom } from '../../../../src/main/platform/random.ts'
import { openDatabase } from '../../../../src/main/store/database.ts'
import { jsonText } from '../../../../src/main/store/row.ts'
import { type ResultDocument, resultDocumentSchema } from '../../../../src/shared/result.ts'

/** What can go away and come back. */
export interface Switchable {
  away(): Promise<void>
  back(): Promise<void>
}

export interface Killing {
  dir: string
  results: number
  kills: number
  seed: number
  outputs: readonly Switchable[]
}

const script = join(import.meta.dirname, 'judging-station.ts')

/** Kills the station so often, and lets the last one finish. Tells how often it was really killed while at work. */
export async function killAndFinish({ dir, results, kills, seed, outputs }: Killing): Promise<number> {
  const random = createRandom(seed, 'outputs')
  const ending = new AbortController()
  const switching = outputs.map(async (output) => {
    while (!ending.signal.aborted) {
      await pause(50 + random.int(300))
      await output.away()
      await pause(random.int(200))
      await output.back()
    }
  })
  // So slowly that there is still something to judge at the last kill.
  const pace = String(Math.max(2, Math.floor((kills * 1000) / results)))
  let killed = 0
  for (let i = 0; i < kills; i += 1) {
    // Each time there is more to do than before.
    const child = spawn(process.execPath, [script, dir, String(results), pace], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const ended = once(child, 'exit')
    const isOver = await Promise.race([
      ended.then(() => true),
      pause(400 + random.int(1200)).then(() => false),
    ])
    child.kill('SIGKILL')
    await ended
    if (isOver) break
    killed += 1
  }
  ending.abort()
  await Promise.all(switching)
  const last = spawn(process.execPath, [script, dir, String(results)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [code] = await once(last, 'exit')
  if (code !== 0) throw new Error(`the station ended with ${code}`)
  return killed
}

/** The results as they are stored. */
export function storedResults(dir: string): ResultDocument[] {
  const db = openDatabase(join(dir, 'fanoscope.db'), { readonly: true })
  try {
    return db
      .all(
        z.object({ document: jsonText(resultDocumentSchema) }),
        'SELECT document FROM result ORDER BY number',
      )
      .map(({ document }) => document)
  } finally {
    db.close()
  }
}

/** Without those that came before: a receiver knows them by their number. */
export function withoutRepetitions(documents: readonly ResultDocument[]): ResultDocument[] {
  let newest = 0
  return documents.filter(({ number }) => {
    const isNew = number > newest
    newest = Math.max(newest, number)
    return isNew
  })
}
