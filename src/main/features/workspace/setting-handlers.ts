import { z } from 'zod'
import { isPersonalSetting } from '../../../shared/acts.ts'
import type { Handlers } from '../../contract/dispatch.ts'
import type { HandlerContext } from '../../session/handler-context.ts'
import { changeSetting, readSetting } from '../../store/settings.ts'

/** The language that the administrator set is that of the window, whatever was chosen before. */
const administeredSetting = ({ administered }: HandlerContext, key: string): unknown =>
  key === 'ui.language' ? administered?.policy.language : undefined

export const settingHandlers = (context: HandlerContext): Pick<Handlers, 'setting.get' | 'setting.set'> => ({
  'setting.get': ({ key }) => ({
    value: isPersonalSetting(key)
      ? (administeredSetting(context, key) ?? context.appState.setting(key))
      : readSetting(context.session().workspace.db, key, z.unknown(), null),
  }),
  'setting.set': ({ key, value, operator }) => {
    // Those of the window's look are read and written also before a workspace is open.
    if (isPersonalSetting(key)) context.appState.setSetting(key, value)
    else changeSetting(context.session().workspace.db, key, value, operator)
    return {}
  },
})
