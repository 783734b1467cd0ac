/** What Linux tells of a process; elsewhere it is not known. */
import { readFileSync } from 'node:fs'

function told(pid: number | undefined, file: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return null
  }
}

/** Seconds of processor time that a process has used; 0 where that is not known. */
export function processorSeconds(pid: number | undefined): number {
  // After the name in brackets: state is field 3, user and system time are 14 and 15, in hundredths.
  const fields =
    told(pid, 'stat')
      ?.replace(/^.*\) /s, '')
      .split(' ') ?? []
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / 100
}

/** Largest resident memory that a process ever had, in bytes. */
export function peakBytes(pid: number | undefined): number | null {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(told(pid, 'status') ?? '') ?? []
  return kilobytes === undefined ? null : Number(kilobytes) * 1024
}
