/**
 * An update that is killed at steps and instants which a seed draws. Afterwards the starter starts a version that works,
 * nothing of the workspace is lost, and it is said. FANOSCOPE_KILLS=20 kills so often.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import Sqlite from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { recoverVersions } from '../../../../src/main/features/update/change-version.ts'
import { isChanging, lastUpdate } from '../../../../src/main/features/update/update-notes.ts'
import type { Installation } from '../../../../src/main/platform/installation.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'
import { listAudit } from '../../../../src/main/store/audit.ts'
import { changeSetting, readSetting } from '../../../../src/main/store/settings.ts'
import { verifyWorkspace } from '../../../../src/main/store/verify.ts'
import { openWorkspace } from '../../../../src/main/store/workspace.ts'
import { sharedFolder, temporaryFolder } from '../../store/temporary-folder.ts'
import { installed, newKeys, packedBundle, programs } from './small-bundle.ts'

const kills = Number(process.env.FANOSCOPE_KILLS ?? 6)
const driver = join(import.meta.dirname, 'updating-process.ts')

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const isAlive = (pid: number): boolean => {
  try {
    // One that has ended and that nobody has waited for does nothing any more.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

/** Ends a process at once, and waits until it and its children have ended, which end by themselves. */
async function kill(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP')
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean)
  process.kill(pid, 'SIGKILL')
  while ([pid, ...children.map(Number)].some(isAlive)) await turn()
}

/**
 * Runs an update, and kills it so many steps after this one, and so many turns of the event loop.
 * @returns the last step that was reached
 */
async function updateUntil(
  { program }: Installation,
  stick: string,
  dir: string,
  { at, after, turns }: { at: string; after: number; turns: number },
): Promise<string> {
  const child = spawn(process.execPath, [driver, program, stick, dir], { stdio: ['pipe', 'pipe', 'inherit'] })
  const closed = once(child, 'close')
  let reached = ''
  let steps = -1
  for await (const line of createInterface({ input: child.stdout })) {
    reached = line
    child.stdin.write('.')
    if (line === at || steps >= 0) steps += 1
    if (steps < after) continue
    for (let i = 0; i < turns && child.exitCode === null; i += 1) await turn()
    if (child.pid !== undefined && child.exitCode === null && isAlive(child.pid)) await kill(child.pid)
    break
  }
  await closed
  return reached
}

describe.skipIf(process.platform !== 'linux')('an update that is killed', () => {
  const keys = newKeys(sharedFolder())

  it.each(Array.from({ length: kills }, (_, seed) => seed))(
    'leaves a version that works and a whole workspace, seed %i',
    async (seed) => {
      const random = createRandom(seed)
      const installation = await installed(join(temporaryFolder(), '厂区 3'), { version: '1.0.0', keys })
      const dir = join(temporaryFolder(), '工作区 1')
      const made = openWorkspace(dir, { create: true })
      changeSetting(made.db, 'of before', seed, null)
      made.close()
      const stick = temporaryFolder()
      const program = random.int(2) === 0 ? programs.migrates : programs.migratesAndFails
      await packedBundle(stick, { version: '1.1.0', keys, program })
      // Half of them while the new version is started, in which most can go wrong and which takes longest.
      const isInTrial = seed % 2 === 0
      const moment = isInTrial
        ? { at: 'closed', after: 0, turns: random.int(300_000) }
        : { at: 'looked', after: random.int(12), turns: random.int(4_000) }
      const reached = await updateUntil(installation, stick, dir, moment)

      const wasChanging = isChanging(installation)
      const said = await recoverVersions(installation)
      expect(isChanging(installation)).toBe(false)
      const started = spawnSync(join(installation.home, 'fanoscope'), ['--version'], { encoding: 'utf8' })
      expect(started.stderr).toBe('')
      expect(['1.0.0', '1.1.0']).toContain(started.stdout)
      if (started.stdout === '1.1.0') {
        // It is the new version's from here on.
        const db = new Sqlite(join(dir, 'fanoscope.db'))
        expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
        expect(db.prepare("SELECT value FROM setting WHERE key = 'of before'").pluck().get()).toBe(
          String(seed),
        )
        db.close()
        expect(lastUpdate(installation)?.failure).toBeNull()
        return
      }
      const workspace = openWorkspace(dir)
      expect(readSetting(workspace.db, 'of before', z.number(), -1)).toBe(seed)
      expect((await verifyWorkspace(workspace)).problems, reached).toEqual([])
      const [last] = listAudit(workspace.db, {}).filter(({ action }) => action.startsWith('update.'))
      workspace.close()
      expect(said?.code ?? null).toBe(wasChanging ? 'update-interrupted' : null)
      if (last !== undefined) expect(last.action).toBe('update.failed')
      if (wasChanging) expect(lastUpdate(installation)?.failure?.code).toBe('update-interrupted')
    },
  )
})
