/** Processes that a trial started, found by a word in their environment. Only Linux tells; elsewhere there are none. */
import { readdirSync, readFileSync } from 'node:fs'

export const markName = 'FANOSCOPE_TORTURE'

export interface Started {
  pid: number
  command: string
}

/** Those with exactly this mark. */
export const processesMarked = (mark: string): Started[] => processesWith((found) => found === mark)

/** Those of all trials of a torture. @param beginning of their marks */
export const processesOf = (beginning: string): Started[] =>
  processesWith((found) => found.startsWith(beginning))

const marked = `${markName}=`

function processesWith(isMeant: (mark: string) => boolean): Started[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc').flatMap((name) => {
    const pid = Number(name)
    if (!Number.isInteger(pid) || pid === process.pid) return []
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'latin1')
      const mark = environment.split('\0').find((entry) => entry.startsWith(marked))
      if (mark === undefined || !isMeant(mark.slice(marked.length))) return []
      return [{ pid, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() }]
    } catch {
      // It has ended meanwhile.
      return []
    }
  })
}

export const engineOf = (mark: string): number | null =>
  processesMarked(mark).find(({ command }) => /\bengine\.[jt]s\b/.test(command))?.pid ?? null

/** Resident memory in bytes; null where nobody tells. */
export function residentBytes(pid: number): number | null {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return kilobytes === undefined ? null : Number(kilobytes) * 1024
  } catch {
    return null
  }
}

/** Seconds of processor time so far; null where nobody tells. */
export function processorSeconds(pid: number): number | null {
  try {
    // The name of the program may hold spaces: what follows it is counted from its end.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return (Number(fields[11]) + Number(fields[12])) / 100
  } catch {
    return null
  }
}
