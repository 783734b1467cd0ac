import type { Handlers } from '../../contract/dispatch.ts'
import type { HandlerContext } from '../../session/handler-context.ts'
import { runTask } from '../../threads/run-task.ts'
import { previewFolderTask } from '../import/preview-task.ts'
import { listSubfolders } from './folders.ts'

export const folderHandlers = ({
  chooseFolder,
}: HandlerContext): Pick<Handlers, 'folder.choose' | 'folder.list' | 'folder.inspect'> => ({
  'folder.choose': async ({ title }) =>
    chooseFolder === null
      ? { supported: false, path: null }
      : { supported: true, path: await chooseFolder(title) },
  'folder.list': ({ path }) => listSubfolders(path),
  'folder.inspect': (request) => runTask(previewFolderTask, request),
})
