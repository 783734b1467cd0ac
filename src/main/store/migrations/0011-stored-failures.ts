import { z } from 'zod'
import { type Message, message, messageSchema, recordedBefore } from '../../../shared/messages/message.ts'
import type { Database } from '../database.ts'
import type { Migration } from '../migrate.ts'

/** What a job has besides its failure: each an object. */
const columns = ['payload', 'progress', 'result'] as const

/**
 * Work that closing had stopped stored an error object in place of a failure, whose sentence is lost in JSON. Such a
 * row could not be read, nor any list that it was in.
 */
function convert(db: Database): void {
  for (const table of ['job', 'run'] as const) {
    const rows = db.all(
      z.object({ id: z.string(), failure: z.string() }),
      `SELECT id, failure FROM ${table} WHERE failure IS NOT NULL`,
    )
    for (const { id, failure } of rows) {
      const mended = JSON.stringify(mend(JSON.parse(failure), table, id))
      if (mended !== failure) db.run(`UPDATE ${table} SET failure = $mended WHERE id = $id`, { id, mended })
    }
  }
  for (const column of columns) {
    db.run(`UPDATE job SET ${column} = $none WHERE json_type(${column}) <> 'object'`, {
      none: column === 'payload' ? '{}' : null,
    })
  }
}

function mend(stored: unknown, table: string, row: string): Message {
  const failure = messageSchema.safeParse(stored).data
  if (failure === undefined) return message('row-unreadable', { table, row })
  // Migration 7 took the error object for the parts of a sentence, of which it had none.
  const isError = failure.code === recordedBefore && typeof failure.params.message !== 'string'
  return isError ? message('interrupted', { case: 'closed' }) : failure
}

export const storedFailures: Migration = {
  version: 11,
  name: 'stored-failures',
  sql: '',
  convert,
}
