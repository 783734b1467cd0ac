import { inside, message, type NestedMessage } from '../../../shared/messages/message.ts'
import { keyCells } from './stored-rows.ts'

/** What a row of a table is called, for sentences. @param part its key, as `keyText` gives it */
export const rowWords = (table: string, part: string): NestedMessage =>
  inside('stored', message(table, { row: (keyCells(part) ?? [part]).join(', ') }))
