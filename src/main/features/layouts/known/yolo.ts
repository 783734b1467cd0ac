/** YOLO: a text file of boxes or outlines for each photograph, beside it or in a folder labels beside images. */
import type { Recogniser } from './known-layout.ts'

export const yolo: Recogniser = { name: 'yolo', fits: ({ documents }) => documents.has('yolo') }
