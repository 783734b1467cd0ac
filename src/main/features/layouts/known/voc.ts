/** Pascal VOC: an XML document with boxes for each photograph, beside it or in a folder called Annotations. */
import type { Recogniser } from './known-layout.ts'

export const voc: Recogniser = { name: 'voc', fits: ({ documents }) => documents.has('voc') }
