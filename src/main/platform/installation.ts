/**
 * Where an offline bundle is installed. Its versions lie side by side: the one that was unpacked first, and those that
 * updates brought, in the folder `versions` of the first one. A small file in there names the version that is started;
 * without it, that is the first one.
 *
 *     fanoscope, fanoscope.cmd   what a person starts: reads the pointer, starts that version
 *     program/                   the version that was unpacked first
 *     versions/current           the pointer
 *     versions/0.2.0/program/    a version that an update brought
 */
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { applicationRoot } from './application-root.ts'
import { applicationVersion } from './application-version.ts'
import { type OfflineBundle, offlineBundle } from './offline-bundle.ts'

const versionsFolder = 'versions'

export interface Installation {
  /** The folder with the start script. */
  home: string
  /** The folder with the versions that updates brought; absent before the first one. */
  versions: string
  /** The folder `program` of the version that runs. */
  program: string
  version: string
  bundle: OfflineBundle
  /** The public key (PEM) with which updates must be signed: that of the bundle itself; null where it was not signed. */
  key: string | null
}

/** The folder of the start script of the bundle whose folder `program` this is. */
export function bundleHome(program: string): string {
  const own = dirname(program)
  const above = dirname(own)
  const first = dirname(above)
  return basename(above) === versionsFolder && offlineBundle(join(first, 'program')) !== null ? first : own
}

/**
 * Null in the project, and where an installer put the program.
 * @param program the folder of package.json
 */
export function installationOf(program: string = applicationRoot()): Installation | null {
  const bundle = offlineBundle(program)
  if (bundle === null) return null
  const home = bundleHome(program)
  const key = join(program, 'update-key.pem')
  return {
    home,
    versions: join(home, versionsFolder),
    program,
    version: applicationVersion(program),
    bundle,
    key: existsSync(key) ? readFileSync(key, 'utf8') : null,
  }
}
