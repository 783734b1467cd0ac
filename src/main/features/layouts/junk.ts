/**
 * What systems, file servers and programs leave among photographs without anybody meaning it as one. This is the only
 * list of it; docs/import.md prints it, and the preview of an import counts what was passed over by its kind.
 */
import type { JunkKind } from '../../../shared/import-plan.ts'

interface Junk {
  kind: JunkKind
  /** Names of files and folders, in any case. A folder is passed over with everything in it. */
  names: RegExp
  /** A folder of this name may hold photographs: license plates, for instance. */
  filesOnly?: true
}

/** In this order: the first that fits names the kind. */
const junk: readonly Junk[] = [
  {
    kind: 'unfinished',
    names: /\.(?:part|partial|filepart|crdownload|download|tmp|temp|!ut|opdownload)$|^~|~$/,
  },
  { kind: 'unfinished', names: /^\.~lock\.|\.sw[op]$|^\.nfs|^\.fuse_hidden/ },
  {
    kind: 'macos',
    names:
      /^(?:\._.*|\.ds_store|__macosx|\.spotlight-v100|\.trashes|\.fseventsd|\.appledouble|\.appledb|\.temporaryitems|\.documentrevisions-v100|\.volumeicon\.icns|icon\r)$/,
  },
  {
    kind: 'windows',
    names:
      /^(?:thumbs\.db(?::.*)?|ehthumbs(?:_vista)?\.db|desktop\.ini|\$recycle\.bin|recycler|system volume information|autorun\.inf|folder\.jpg:.*)$/,
  },
  {
    kind: 'synology',
    names: /^(?:@eadir|#recycle|#snapshot|@tmp|@sharebin|@database|synofile_thumb.*|\.syno.*)$/,
  },
  {
    kind: 'qnap',
    names: /^(?:\.@__thumb|@recycle|@recently-snapshot|\.@qmariadb|@qmariadb|\.@upload_cache)$/,
  },
  { kind: 'linux', names: /^(?:lost\+found|\.trash(?:-\d+)?|\.directory|\.thumbnails|\.xvpics|\.cache)$/ },
  { kind: 'android', names: /^(?:lost\.dir|\.thumbdata.*|\.nomedia|\.trashed-.*|\.pending-.*)$/ },
  {
    kind: 'versions',
    names: /^(?:\.git|\.gitignore|\.gitattributes|\.gitkeep|\.svn|\.hg|\.dvc|\.dvcignore|cvs|\.bzr)$/,
  },
  { kind: 'notebooks', names: /^(?:\.ipynb_checkpoints|__pycache__|\.idea|\.vscode|\.venv)$/ },
  {
    kind: 'cloud',
    names:
      /^(?:\.dropbox(?:\.attr|\.cache|-dist)?|\.tmp\.drive(?:download|upload)|\.stfolder|\.stversions|\.stignore|\.owncloudsync\.log|\.nextcloudsync\.log|\._?sync_.*\.db.*|\.sync(?:_.*)?|\..*\.icloud|\.849c9593-.*|\.resilio.*)$/,
  },
  {
    kind: 'read-me',
    names:
      /^(?:readme|license|licence|copying|notice|citation)(?:(?:[._-][^.]*)?\.(?:txt|md|rst|pdf|html?|cff))?$/,
    filesOnly: true,
  },
]

const pictureEnding = /\.(?:png|jpe?g|tiff?|bmp|webp)$/i

/**
 * The kind of junk that a name stands for; null for what is looked at. A hidden file that is called like a photograph
 * is `hidden-photograph`, as somebody could miss it: it is named, not only counted.
 */
export function junkKind(name: string, isFolder = false): JunkKind | 'hidden-photograph' | null {
  const lower = name.normalize('NFC').toLowerCase()
  const found = junk.find(({ names, filesOnly }) => names.test(lower) && !(isFolder && filesOnly))
  if (found) return found.kind
  if (!lower.startsWith('.')) return null
  return pictureEnding.test(name) ? 'hidden-photograph' : 'hidden'
}
