/** A version that is installed and waits to be the present one; the versions are held until then. */
export interface VersionChange {
  to: string
  /** The folder of the workspace that is to work with the new version; null for none. */
  workspace: string | null
  /** Lets other processes change the versions again. */
  release: () => void
}
