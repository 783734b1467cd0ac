/**
 * The names of photographs in the addresses that annotation programs write: of an uploaded file
 * (/data/upload/1/0a1b2c3d-part.png), of a storage (s3://bucket/line/part.png) or of a folder that is served
 * (/data/local-files/?d=line/part.png).
 */
import { sameName } from './mask-names.ts'

/** What Label Studio puts before the name of an uploaded file: the beginning of a random number. */
export const uploadPrefix = /^[0-9a-f]{8}-(?=.)/i
/** In its own address of an upload, the prefix may have another length. */
const anyPrefix = /^[0-9a-z]{1,36}-(?=.)/i

function decodedPath(address: string): string {
  const [, below] = /[?&]d=([^&#]*)/.exec(address) ?? []
  const isAddress = /^[a-z][a-z0-9+.-]*:\/\//i.test(address) || below !== undefined
  const path = isAddress
    ? (below ?? address.replace(/[?#].*$/s, '').replace(/^[a-z0-9+.-]+:\/\//i, ''))
    : address
  try {
    return decodeURIComponent(path)
  } catch {
    // A % that begins no code is part of a name.
    return path
  }
}

/** The names that an address may mean, the most certain first: its path, and what the file was called before it. */
export function namesOfAddress(address: string): string[] {
  const path = decodedPath(address)
  const last = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
  const isUpload = /(?:^|[/\\])upload[/\\]/.test(path)
  const names = [
    address,
    path,
    last,
    last.replace(isUpload ? anyPrefix : uploadPrefix, ''),
    last.replace(uploadPrefix, ''),
  ]
  return [...new Set(names)].filter((name) => name !== '')
}

/** A name as Label Studio changes it on uploading: spaces become lines, other signs go. In the form of `sameName`. */
export const asUploaded = (name: string): string =>
  sameName(name)
    .trim()
    .replaceAll(/\s/g, '_')
    .replaceAll(/[^-\p{L}\p{N}_.]/gu, '')
