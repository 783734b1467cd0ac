/** What the log of a workspace says, for the window that searches it. */
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import type { LogEntry, LogQuery } from '../../../shared/log.ts'

/** As pino writes a line. */
const lineSchema = z.looseObject({ level: z.number(), time: z.number(), msg: z.string().default('') })

/** Fields that every line has, or that are shown apart. */
const known = new Set(['level', 'time', 'msg', 'pid', 'from'])

const levelOf = (level: number): LogEntry['level'] => (level >= 50 ? 'error' : level >= 40 ? 'warn' : 'info')
/** Lines below are for who looks into the file. */
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
 * The newest lines that answer the query, newest first, and how many there are. Files are read in pieces, so that
 * nothing else waits, and no more lines are held than are asked for.
 */
export async function readLog(
  folder: string,
  { text, level, from, to, limit }: LogQuery,
): Promise<{ total: number; entries: LogEntry[] }> {
  const wanted = text.trim().toLowerCase()
  const found: LogEntry[] = []
  let total = 0
  // The one put aside is the older one.
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
