/** CVAT for images 1.1: annotations.xml beside a folder of images. */
import type { Recogniser } from './known-layout.ts'

export const cvat: Recogniser = { name: 'cvat', fits: ({ documents }) => documents.has('cvat') }
