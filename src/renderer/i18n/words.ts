import { type ComputedRef, computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { type Words, wordsIn } from '../../shared/messages/words.ts'

/** The words of messages of main, in the language of the window. */
export function useWords(): ComputedRef<Words> {
  const { locale } = useI18n()
  return computed(() => wordsIn(locale.value))
}
