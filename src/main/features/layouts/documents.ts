/** JSON and XML beside photographs: which format a document has, told by its beginning. */
import { open } from 'node:fs/promises'
import { type AnnotationFormat, annotationFormatSchema } from '../../../shared/import-plan.ts'
import { isSystemError } from '../../platform/system-error.ts'

export type DocumentKind = AnnotationFormat | 'real-iad' | 'other'

/** The format in which shapes are read from such a document; null where it has none. */
export const annotationFormat = (kind: DocumentKind): AnnotationFormat | null =>
  annotationFormatSchema.safeParse(kind).data ?? null

/** As much of a document as tells what it is, at its beginning and its end: between them the photograph itself may lie. */
const headBytes = 16_384

async function headOf(path: string): Promise<string> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0)
    const { size } = await file.stat()
    const from = Math.max(bytesRead, size - headBytes)
    const tail = await file.read(Buffer.alloc(headBytes), 0, headBytes, from + (from % 2))
    const bytes = Buffer.concat([buffer.subarray(0, bytesRead), tail.buffer.subarray(0, tail.bytesRead)])
    const mark = bytesRead >= 2 ? bytes.readUInt16BE(0) : 0
    if (mark === 0xfffe) return bytes.toString('utf16le')
    if (mark === 0xfeff)
      return bytes
        .subarray(0, bytes.length & ~1)
        .swap16()
        .toString('utf16le')
    return bytes.toString('utf8')
  } finally {
    await file.close()
  }
}

/** What only exports of Label Studio have, in their long and their short form: near the beginning one is always met. */
const labelStudioKeys = [
  ...['annotations', 'completions', 'predictions', 'annotation_id', 'annotator', 'lead_time', 'from_name'],
  ...['polygonlabels', 'rectanglelabels', 'ellipselabels', 'brushlabels', 'original_width', 'file_upload'],
]

function kindOfJson(head: string, isWhole: boolean): DocumentKind {
  const has = (key: string): boolean => new RegExp(`"${key}"\\s*:`).test(head)
  if (has('shapes') || has('imagePath')) return 'labelme'
  if (has('meta') && has('anomaly_class')) return 'real-iad'
  if (labelStudioKeys.some(has) && (/^\s*\[/.test(head) || has('task'))) return 'label-studio'
  // Label Studio lists the classes of an export for YOLO in such a document of its own, without images.
  if (has('categories') && !has('images') && !has('annotations') && isWhole) return 'other'
  if (has('images') || has('categories') || (has('annotations') && has('image_id'))) return 'coco'
  return 'other'
}

/** @returns null where the file cannot be read */
export async function documentKind(path: string): Promise<DocumentKind | null> {
  let head: string
  try {
    head = (await headOf(path)).replace(/^\ufeff/, '')
  } catch (error) {
    if (isSystemError(error)) return null
    throw error
  }
  if (/^\s*[[{]/.test(head)) return kindOfJson(head, head.trimEnd().endsWith('}') && head.length < headBytes)
  if (/<annotations[\s>]/.test(head)) return 'cvat'
  if (/<annotation[\s>]/.test(head)) return 'voc'
  return 'other'
}
