import { z } from 'zod'
import type { Handlers } from '../../contract/dispatch.ts'
import type { HandlerContext } from '../../session/handler-context.ts'
import { readSetting, writeSetting } from '../../store/settings.ts'

/** Settings of the window's look belong to the person at this machine and are read before a workspace is open. */
const isPersonal = (key: string): boolean => key.startsWith('ui.')

export const settingHandlers = (context: HandlerContext): Pick<Handlers, 'setting.get' | 'setting.set'> => ({
  'setting.get': ({ key }) => ({
    value: isPersonal(key)
      ? context.appState.setting(key)
      : readSetting(context.session().workspace.db, key, z.unknown(), null),
  }),
  'setting.set': ({ key, value }) => {
    if (isPersonal(key)) context.appState.setSetting(key, value)
    else writeSetting(context.session().workspace.db, key, value)
    return {}
  },
})
