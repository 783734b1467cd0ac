/** Reads and searches the log of a workspace for the log screen. */
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import type { LogEntry, LogQuery } from '../../../shared/log.ts'

/** A line as pino writes it. */
const lineSchema = z.looseObject({ level: z.number(), time: z.number(), msg: z.string().default('') })

/** Fields that every line has or that the screen shows in columns of their own. */
const known = new Set(['level', 'time', 'msg', 'pid', 'from'])

const levelOf = (level: number): LogEntry['level'] => (level >= 50 ? 'error' : level >= 40 ? 'warn' : 'info')
/** The lowest level that is shown; lines below it are only in the file. */
const leastLevel = 30
const weight = { info: 0, warn: 1, error: 2 }

function entryOf(line: string): LogEntry | null {
  let parsed: unknown
  try {
    parsed = JSON.parse(line)
  } catch {
    // The last line of a process that was killed may be cut off.
    return null
  }
  const read = lineSchema.safeParse(parsed)
  if (!read.success || read.data.level < leastLevel) return null
  const { level, time, msg, from, ...rest } = read.data
  const detail = Object.fromEntries(Object.entries(rest).filter(([name]) => !known.has(name)))
  return {
    at: time,
    level: levelOf(level),
    from: from === 'engine' ? 'engine' : 'main',
    message: msg,
    detail: Object.keys(detail).length === 0 ? null : JSON.stringify(detail),
  }
}

/**
 * The newest lines that match the query, newest first, and how many match. Files are read in chunks so that main is
 * not blocked, and only the requested number of lines is held in memory.
 */
export async function readLog(
  folder: string,
  { text, level, from, to, limit }: LogQuery,
): Promise<{ total: number; entries: LogEntry[] }> {
  const wanted = text.trim().toLowerCase()
  const found: LogEntry[] = []
  let total = 0
  // `fanoscope.1.log` has the older lines.
  for (const name of ['fanoscope.1.log', 'fanoscope.log']) {
    const stream = createReadStream(join(folder, name), 'utf8')
    try {
      for await (const line of createInterface({ input: stream })) {
        const entry = entryOf(line)
        if (entry === null || weight[entry.level] < weight[level]) continue
        if ((from !== null && entry.at < from) || (to !== null && entry.at > to)) continue
        if (wanted !== '' && !`${entry.message} ${entry.detail ?? ''}`.toLowerCase().includes(wanted))
          continue
        total += 1
        found.push(entry)
        if (found.length > limit) found.shift()
      }
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    }
  }
  return { total, entries: found.reverse() }
}
