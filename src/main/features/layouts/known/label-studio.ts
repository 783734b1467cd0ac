/** The JSON export of Label Studio. Its photographs are taken; its annotations are read from its COCO export only. */
import type { Recogniser } from './known-layout.ts'

export const labelStudio: Recogniser = {
  name: 'label-studio',
  fits: ({ documents }) => documents.has('label-studio'),
}
