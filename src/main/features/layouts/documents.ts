/** JSON and XML beside photographs: which format a document has, told by its beginning. */
import { open } from 'node:fs/promises'

export type DocumentKind = 'coco' | 'labelme' | 'real-iad' | 'label-studio' | 'cvat-xml' | 'voc-xml' | 'other'

/** As much of a document as tells what it is; labelme puts the photograph itself behind this. */
const headBytes = 16_384

async function headOf(path: string): Promise<string> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0)
    const bytes = buffer.subarray(0, bytesRead)
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

function kindOfJson(head: string): DocumentKind {
  const has = (key: string): boolean => new RegExp(`"${key}"\\s*:`).test(head)
  if (has('shapes') || has('imagePath')) return 'labelme'
  if (has('meta') && has('anomaly_class')) return 'real-iad'
  if (/^\s*\[/.test(head) && (has('annotations') || has('completions') || has('predictions')))
    return 'label-studio'
  if (has('images') || has('categories') || (has('annotations') && has('image_id'))) return 'coco'
  return 'other'
}

/** @returns null where the file cannot be read */
export async function documentKind(path: string): Promise<DocumentKind | null> {
  let head: string
  try {
    head = (await headOf(path)).replace(/^\ufeff/, '')
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return null
    throw error
  }
  if (/^\s*[[{]/.test(head)) return kindOfJson(head)
  if (/<annotations[\s>]/.test(head)) return 'cvat-xml'
  if (/<annotation[\s>]/.test(head)) return 'voc-xml'
  return 'other'
}
