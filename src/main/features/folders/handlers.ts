import type { Handlers } from '../../contract/dispatch.ts'
import type { HandlerContext } from '../../session/handler-context.ts'
import { previewFolder } from '../import/preview-folder.ts'
import { listSubfolders } from './folders.ts'

export const folderHandlers = ({
  chooseFolder,
  chooseFile,
}: HandlerContext): Pick<Handlers, 'file.choose' | 'folder.choose' | 'folder.list' | 'folder.inspect'> => ({
  'file.choose': async ({ title, endings }) =>
    chooseFile === null
      ? { supported: false, path: null }
      : { supported: true, path: await chooseFile(title, endings) },
  'folder.choose': async ({ title }) =>
    chooseFolder === null
      ? { supported: false, path: null }
      : { supported: true, path: await chooseFolder(title) },
  'folder.list': ({ path, endings }) => listSubfolders(path, endings),
  'folder.inspect': ({ path, layout }) => previewFolder(path, layout),
})
