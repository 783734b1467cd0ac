/** A CSV or TSV file that says of each photograph what it is. */
import type { Recogniser } from './known-layout.ts'

export const table: Recogniser = { name: 'table', fits: ({ hasTable }) => hasTable }
