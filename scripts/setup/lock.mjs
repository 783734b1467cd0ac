/**
 * One set-up at a time in a project. The lock is a folder that appears whole, owner's name inside, by a
 * rename; a lock whose owner is gone is taken over.
 */
import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it is there, and it is somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/**
 * @param {string} folder
 * @returns {{ pid: number, token: string } | null}
 */
function ownerOf(folder) {
  try {
    const owner = JSON.parse(readFileSync(join(folder, 'owner.json'), 'utf8'))
    return typeof owner.pid === 'number' && typeof owner.token === 'string' ? owner : null
  } catch {
    return null
  }
}

/**
 * Tries once.
 * @param {string} folder
 * @param {{ pid?: number, alive?: (pid: number) => boolean }} [options]
 * @returns {{ release: () => void } | { heldBy: number }}
 */
export function tryLock(folder, { pid = process.pid, alive = isAlive } = {}) {
  const token = randomUUID()
  const mine = `${folder}.${token}`
  mkdirSync(dirname(folder), { recursive: true })
  mkdirSync(mine)
  writeFileSync(join(mine, 'owner.json'), JSON.stringify({ pid, token }))
  const release = () => {
    if (ownerOf(folder)?.token !== token) return
    // Away in one step: somebody may be waiting to put theirs in its place.
    renameSync(folder, mine)
    rmSync(mine, { recursive: true, force: true })
  }
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      renameSync(mine, folder)
      if (ownerOf(folder)?.token === token) return { release }
    } catch {
      // A folder with an owner is in the way.
    }
    const owner = ownerOf(folder)
    if (owner !== null && alive(owner.pid)) {
      rmSync(mine, { recursive: true, force: true })
      return { heldBy: owner.pid }
    }
    // Out of the way by a rename, so that of two who see the same dead owner only one moves it.
    const aside = `${folder}.gone-${token}`
    try {
      renameSync(folder, aside)
    } catch {
      continue
    }
    const moved = ownerOf(aside)
    if (moved !== null && moved.token !== owner?.token && alive(moved.pid)) renameSync(aside, folder)
    else rmSync(aside, { recursive: true, force: true })
  }
  rmSync(mine, { recursive: true, force: true })
  return { heldBy: ownerOf(folder)?.pid ?? 0 }
}

/**
 * Waits for its turn.
 * @param {string} folder
 * @param {(pid: number) => void} onWait called once, when somebody else holds it
 * @returns {Promise<{ release: () => void }>}
 */
export async function takeLock(folder, onWait) {
  let told = false
  for (;;) {
    const lock = tryLock(folder)
    if ('release' in lock) return lock
    if (!told) onWait(lock.heldBy)
    told = true
    await delay(500)
  }
}
