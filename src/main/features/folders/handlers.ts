import type { Handlers } from '../../contract/dispatch.ts'
import type { HandlerContext } from '../../session/handler-context.ts'
import { previewFolder } from '../import/preview-folder.ts'
import { listSubfolders } from './folders.ts'

export const folderHandlers = ({
  chooseFolder,
}: HandlerContext): Pick<Handlers, 'folder.choose' | 'folder.list' | 'folder.inspect'> => ({
  'folder.choose': async ({ title }) =>
    chooseFolder === null
      ? { supported: false, path: null }
      : { supported: true, path: await chooseFolder(title) },
  'folder.list': ({ path }) => listSubfolders(path),
  'folder.inspect': ({ path, layout }) => previewFolder(path, layout),
})
