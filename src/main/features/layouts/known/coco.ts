/** COCO: photographs in a folder, and a document with their annotations. CVAT and Label Studio export it too. */
import type { Recogniser } from './known-layout.ts'

export const coco: Recogniser = { name: 'coco', fits: ({ documents }) => documents.has('coco') }
