/**
 * How `fanoscope address` gets a new address from the server of a workspace: the server writes where it is and a
 * secret into a file of the workspace that only its own user can read, and gives an address to whoever sends the
 * secret.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { Failure } from '../../shared/failure.ts'
import { ownerOf, takeOwnership } from '../store/owner.ts'
import { isWorkspace } from '../store/workspace.ts'

/** The path at which an address is asked for. No ticket is as short. */
export const addressPath = '/address'

const deskSchema = z.object({ pid: z.int(), origin: z.url(), secret: z.string().min(32) })
const answerSchema = z.object({ url: z.url() })

const deskFile = (dir: string): string => join(dir, 'server.json')

export interface AddressDesk {
  /** Whether a request with this authorization may have an address. */
  admits(authorization: string | undefined): boolean
  /** Can be found in this workspace from now on, and in no other one. */
  moveTo(dir: string | null): void
}

/** @param report called where the file cannot be written; then no command finds the server */
export function createAddressDesk(
  origin: () => string,
  report: (message: string, cause: unknown) => void,
): AddressDesk {
  const secret = randomBytes(32).toString('base64url')
  let current: string | null = null
  const leave = (): void => {
    if (current !== null) rmSync(deskFile(current), { force: true })
    current = null
  }
  const enter = (dir: string): void => {
    // A file that was left over keeps the rights that it had.
    rmSync(deskFile(dir), { force: true })
    const desk = { pid: process.pid, origin: origin(), secret }
    writeFileSync(deskFile(dir), `${JSON.stringify(desk)}\n`, { mode: 0o600, flag: 'wx' })
    current = dir
  }
  return {
    admits(authorization = '') {
      return timingSafeEqual(digest(authorization), digest(`Bearer ${secret}`))
    },
    moveTo(dir) {
      try {
        leave()
        if (dir !== null) enter(dir)
      } catch (error) {
        report(
          '"fanoscope address" cannot find this server: its file in the workspace was not written.',
          error,
        )
      }
    },
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/**
 * A new address of the server that has this workspace open.
 * @throws Failure `workspace-not-served`, or `workspace-not-found`
 */
export async function askForAddress(dir: string): Promise<string> {
  const folder = resolve(dir)
  if (!isWorkspace(folder)) throw new Failure('workspace-not-found', { folder })
  if (!isOwned(folder)) throw new Failure('workspace-not-served', { folder })
  const owner = ownerOf(folder)
  if (owner !== null && owner.host !== hostname()) {
    throw new Failure('workspace-not-served', { case: 'elsewhere', folder, host: owner.host })
  }
  const desk = readDesk(folder)
  // A file of a process that was killed stays behind; the owner's process is the one that runs.
  if (desk === null || desk.pid !== owner?.pid) {
    throw new Failure('workspace-not-served', { case: 'other-program', folder })
  }
  try {
    const answer = await fetch(new URL(addressPath, desk.origin), {
      method: 'POST',
      headers: { authorization: `Bearer ${desk.secret}` },
      signal: AbortSignal.timeout(30_000),
    })
    return answerSchema.parse(await answer.json()).url
  } catch (cause) {
    throw new Failure('workspace-not-served', { case: 'silent', folder, pid: desk.pid }, { cause })
  }
}

/** Whether a process has the workspace open; its lock ends with it, so this is true only while it runs. */
function isOwned(dir: string): boolean {
  try {
    takeOwnership(dir)()
    return false
  } catch (error) {
    if (error instanceof Failure && error.code === 'workspace-in-use') return true
    throw error
  }
}

function readDesk(dir: string): z.infer<typeof deskSchema> | null {
  try {
    return deskSchema.parse(JSON.parse(readFileSync(deskFile(dir), 'utf8')))
  } catch {
    return null
  }
}
