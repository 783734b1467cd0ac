/** labelme, X-AnyLabeling and others: a JSON document beside each photograph. */
import type { Recogniser } from './known-layout.ts'

export const labelme: Recogniser = { name: 'labelme', fits: ({ documents }) => documents.has('labelme') }
