/**
 * Names of files that Windows, macOS and Linux all take. What a name must not have is in
 * https://learn.microsoft.com/windows/win32/fileio/naming-a-file; macOS and Linux allow more, but at most 255 bytes.
 */

/** Bytes of a name in UTF-8; the limit of ext4, Btrfs, XFS and APFS. Windows allows 255 UTF-16 units, which is more. */
const mostBytes = 255

/**
 * What no name may have: separators, wildcards and pipes of Windows, control characters, and the characters that turn
 * the direction of the text around them, with which `gnp.exe` can look like `exe.png`.
 */
const forbidden = /[<>:"/\\|?*\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** Devices of Windows. With any ending, `NUL.tar.png` for instance, they are still the device. */
const device =
  /^(?:con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3]|conin\$|conout\$) *(?:\.|$)/i

const bytesOf = (text: string): number => Buffer.byteLength(text, 'utf8')

/** Cuts a text to so many bytes, between characters. */
function cut(text: string, most: number): string {
  let kept = ''
  let bytes = 0
  for (const character of text) {
    bytes += bytesOf(character)
    if (bytes > most) break
    kept += character
  }
  return kept
}

/** The ending with its dot, as far as it is one: a short word after the last dot. */
function endingOf(name: string): string {
  const at = name.lastIndexOf('.')
  return at > 0 && name.length - at <= 12 ? name.slice(at) : ''
}

/**
 * The name of a file or folder, changed only as far as one of the three systems would not take it. It is in Unicode's
 * composed form (NFC), so that it is the same name wherever the file is copied to.
 *
 * Two names may give the same one; `portableNames` keeps them apart.
 */
export function portableName(name: string): string {
  const clean = name
    .toWellFormed()
    .normalize('NFC')
    .replaceAll(forbidden, '_')
    // Windows removes dots and spaces from the end, and then does not find the file again.
    .replace(/[. ]+$/u, (end) => '_'.repeat(end.length))
  if (clean === '') return '_'
  const safe = device.test(clean) ? clean.replace(/^[^. ]+/u, '$&_') : clean
  if (bytesOf(safe) <= mostBytes) return safe
  const ending = endingOf(safe)
  return cut(safe.slice(0, safe.length - ending.length), mostBytes - bytesOf(ending)) + ending
}

/** A relative path with forward slashes, each part made portable; it cannot lead out of its folder. */
export const portablePath = (path: string): string =>
  path
    .split('/')
    .filter((part) => part !== '')
    .map(portableName)
    .join('/') || '_'

/** Windows and macOS take two names for one that differ only in upper and lower case. */
const sameness = (path: string): string => path.normalize('NFC').toLowerCase()

/**
 * Gives every file of one export a path of its own. Where two would have the same one on some system, the later gets
 * a number before its ending: `part.png`, then `part~2.png`.
 */
export function portableNames(): (path: string) => string {
  const given = new Set<string>()
  return (path) => {
    const wanted = portablePath(path)
    const folder = wanted.slice(0, wanted.lastIndexOf('/') + 1)
    const name = wanted.slice(folder.length)
    const ending = endingOf(name)
    const stem = name.slice(0, name.length - ending.length)
    let free = wanted
    for (let number = 2; given.has(sameness(free)); number += 1) {
      const tail = `~${number}${ending}`
      free = folder + cut(stem, mostBytes - bytesOf(tail)) + tail
    }
    given.add(sameness(free))
    return free
  }
}
