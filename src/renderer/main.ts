import { createPinia } from 'pinia'
import { createApp } from 'vue'
// A Chinese font for computers that have none, in slices: a window loads only those whose characters it shows.
import '@fontsource/noto-sans-sc/400.css'
import '@fontsource/noto-sans-sc/600.css'
import './styles/tokens.css'
import './styles/element.css'
import './styles/base.css'
import './styles/layout.css'
import './styles/parts.css'
import App from './App.vue'
import { useAppStore } from './data/app.ts'
import { usePreferencesStore } from './data/preferences.ts'
import { i18n } from './i18n/index.ts'
import { repairLanguage } from './i18n/language-tag.ts'
import { createAppRouter } from './router.ts'
import { showDamagedPictures } from './ui/damaged-pictures.ts'
import { holdChanges } from './ui/held-changes.ts'

async function start(): Promise<void> {
  repairLanguage(navigator)
  const app = createApp(App)
  app.use(createPinia())
  app.use(i18n)
  // Language and theme before the first paint, so that nothing flickers.
  await usePreferencesStore().load()
  const store = useAppStore()
  await store.load()
  app.use(createAppRouter(() => store.workspace !== null))
  showDamagedPictures(document)
  holdChanges(document, {
    isHeld: () => store.workspace?.isReadOnly ?? false,
    why: () => i18n.global.t('status.readOnlyWhy'),
  })
  app.mount('#app')
}

void start()
