/** A workspace with a dataset "parts" of small photographs, and sessions on it with the real engine. */

import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, onTestFinished } from 'vitest'
import { sessionHooks } from '../../../src/main/app/session-hooks.ts'
import type { EngineChannel, LaunchEngine } from '../../../src/main/engine-host/channel.ts'
import { launchStandardEngine } from '../../../src/main/engine-host/standard-engine.ts'
import { importFolder } from '../../../src/main/features/import/import-folder.ts'
import { createEventHub, type EventHub } from '../../../src/main/platform/events.ts'
import { openSession, type Session, type SessionOptions } from '../../../src/main/session/session.ts'
import { openWorkspace } from '../../../src/main/store/workspace.ts'
import { type PartOptions, partPicture } from '../engine/parts.ts'
import { sharedFolder, temporaryFolder } from '../store/temporary-folder.ts'
import { writeFolder } from './import/photographs.ts'

export interface LineOptions {
  /** Good parts to train and validate with. */
  good?: number
  /** Parts to test, half of them with a dent. */
  test?: number
  hasDirection?: boolean
  part?: PartOptions
}

/** Photographs in the MVTec layout, every one of them another. */
export async function writeLine(folder: string, options: LineOptions = {}): Promise<string> {
  const { good = 14, test = 6, part = {} } = options
  const files: Record<string, Buffer> = {}
  for (let i = 0; i < good; i++) files[`train/good/${i}.png`] = await partPicture(i, part)
  for (let i = 0; i < test; i++) {
    const defect = i % 2 === 1
    files[`test/${defect ? 'dent' : 'good'}/${i}.png`] = await partPicture(1000 + i, { ...part, defect })
  }
  return writeFolder(folder, files)
}

/** The folder of a workspace with the dataset, closed. */
export const lineWorkspace = (options: LineOptions = {}): Promise<string> =>
  workspaceIn(temporaryFolder(), options)

async function workspaceIn(parent: string, options: LineOptions = {}): Promise<string> {
  const folder = await writeLine(join(parent, 'photographs'), options)
  const dir = join(parent, 'workspace')
  const workspace = openWorkspace(dir, { create: true })
  await importFolder(workspace, { folder, dataset: 'parts' })
  workspace.close()
  return dir
}

/**
 * What several tests of a file begin with: a workspace with the dataset in which `prepare` has worked, made once.
 * Gives each test the folder of a copy, and what `prepare` told. Call it where tests are described.
 */
export function preparedWorkspace<T>(
  prepare: (session: Session) => Promise<T>,
): () => { dir: string; told: T } {
  const folder = sharedFolder()
  let told: { value: T } | null = null
  beforeAll(async () => {
    const session = standardSession(await workspaceIn(folder))
    told = { value: await prepare(session) }
    await session.close()
  })
  return () => {
    if (told === null) throw new Error('Nothing is prepared before the tests begin.')
    const dir = join(temporaryFolder(), 'workspace')
    cpSync(join(folder, 'workspace'), dir, { recursive: true })
    return { dir, told: told.value }
  }
}

/** Opens a session that closes with the test. */
export function sessionOn(
  dir: string,
  launchEngine: LaunchEngine = launchStandardEngine,
  events: EventHub = createEventHub(),
  clocks: SessionOptions['clocks'] = {},
): Session {
  const session = standardSession(dir, launchEngine, events, clocks)
  onTestFinished(() => session.close())
  return session
}

const standardSession = (
  dir: string,
  launchEngine: LaunchEngine = launchStandardEngine,
  events: EventHub = createEventHub(),
  clocks: SessionOptions['clocks'] = {},
): Session =>
  openSession({
    dir,
    clocks,
    create: true,
    launchEngine,
    events,
    engineTimes: { backoff: () => 0 },
    hooks: sessionHooks,
  })

/** The real engine, whose messages a test hears before main does and which it can kill. */
export function watchedEngine(heard: (type: string, channel: EngineChannel) => void): LaunchEngine {
  return (onOutput) => {
    const channel = launchStandardEngine(onOutput)
    return {
      get pid() {
        return channel.pid
      },
      send: (message) => channel.send(message),
      onMessage: (listener) =>
        channel.onMessage((message) => {
          heard(typeOf(message), channel)
          listener(message)
        }),
      onExit: (listener) => channel.onExit(listener),
      kill: () => channel.kill(),
    }
  }
}

const typeOf = (message: unknown): string =>
  typeof message === 'object' && message !== null && 'type' in message ? String(message.type) : 'unknown'
