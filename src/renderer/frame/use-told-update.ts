/** Says once how an update ended: the window that asked for it is gone by then. */
import { onMounted } from 'vue'
import { useI18n } from 'vue-i18n'
import { call } from '../bridge.ts'
import { useNoticesStore } from '../data/notices.ts'

/** The setting with the time of the update that was told of last. */
const key = 'ui.update-told'

export function useToldUpdate(): void {
  const { t } = useI18n()
  const notices = useNoticesStore()
  async function tell(): Promise<void> {
    const { last } = await call('update.state', {})
    if (last === null || (await call('setting.get', { key })).value === last.at) return
    if (last.failure === null) notices.tell('good', t('app.updated', { version: last.to }))
    else notices.fail(last.failure)
    await call('setting.set', { key, value: last.at })
  }
  onMounted(() => tell().catch(notices.fail))
}
