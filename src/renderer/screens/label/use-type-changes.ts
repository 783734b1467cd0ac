/**
 * Renames, unites and deletes defect types on all photographs of a dataset. What is being drawn is stored first and
 * read again afterwards, and each change can be taken back.
 */
import { ElMessageBox } from 'element-plus'
import { computed, ref, shallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { defectTypeNameSchema, type ListedDefectType, type TypeChanged } from '../../../shared/label.ts'
import { removedDays } from '../../../shared/removed.ts'
import { call } from '../../bridge.ts'
import { useNoticesStore } from '../../data/notices.ts'
import { useEvent } from '../../data/use-event.ts'
import { asFailure } from '../../failure.ts'
import { useFormats } from '../../i18n/format.ts'
import type { useAnnotation } from './use-annotation.ts'
import type { useDefectTypes } from './use-defect-types.ts'

export interface TypeChangesSource {
  dataset(): string | null
  annotation: ReturnType<typeof useAnnotation>
  types: ReturnType<typeof useDefectTypes>
  /** Reads types, photographs and the drawing at hand again. */
  reload(): Promise<void>
}

export function useTypeChanges({ dataset, annotation, types, reload }: TypeChangesSource) {
  const { t } = useI18n()
  const formats = useFormats()
  const notices = useNoticesStore()
  /** The type whose masks another one is to take; null where none is asked about. */
  const removing = shallowRef<ListedDefectType | null>(null)
  const isChanging = ref(false)

  /** The type as it is stored, after what is being drawn was; null where that failed, or it is none any more. */
  async function storedType(name: string): Promise<ListedDefectType | null> {
    if (isChanging.value || !(await annotation.flush())) return null
    await types.read()
    return types.stored.value.find((type) => type.name === name) ?? null
  }

  async function putBack(change: number): Promise<void> {
    try {
      if (!(await annotation.flush())) return
      const { name, kept } = await call('removed.putBack', { kind: 'type', id: String(change) })
      annotation.forgetSteps()
      types.chosen.value = name
      await reload()
      const left = kept === 0 ? '' : t('removal.kept', { count: formats.value.count(kept) }, kept)
      notices.tell('good', t('removal.back', { name }), left)
    } catch (thrown) {
      notices.fail(thrown)
    }
  }

  /** Makes a change and tells of it, with the way back. */
  async function during(
    from: string,
    to: string | null,
    make: (dataset: string) => Promise<TypeChanged>,
    told: string,
  ): Promise<void> {
    const id = dataset()
    if (id === null || isChanging.value) return
    isChanging.value = true
    try {
      const { change, images } = await make(id)
      if (to !== null) annotation.retype(from, to)
      if (types.chosen.value === from) types.chosen.value = to ?? ''
      await reload()
      const detail = [
        t('labeling.types.changed', { count: formats.value.count(images) }, images),
        t('removal.doneText', { date: formats.value.dateTime(Date.now() + removedDays * 86_400_000) }),
      ].join(' ')
      notices.tell('good', told, detail, { label: t('labeling.undo'), run: () => void putBack(change) })
    } finally {
      isChanging.value = false
    }
  }

  const unite = (type: string, into: string) =>
    during(
      type,
      into,
      (id) => call('label.removeType', { dataset: id, type, into }),
      t('labeling.types.united', { name: type, into }),
    )

  async function askName(name: string): Promise<string | null> {
    try {
      const { value } = await ElMessageBox.prompt(
        t('removal.newName'),
        t('labeling.types.rename', { name }),
        {
          confirmButtonText: t('removal.rename'),
          cancelButtonText: t('action.cancel'),
          inputValue: name,
          inputValidator: (text) =>
            defectTypeNameSchema.safeParse(text).success || t('labeling.types.nameWrong'),
        },
      )
      return defectTypeNameSchema.parse(value)
    } catch {
      // The person did not confirm.
      return null
    }
  }

  async function askToUnite(type: ListedDefectType, into: string): Promise<boolean> {
    try {
      const count = formats.value.count(type.images)
      await ElMessageBox.confirm(
        t('labeling.types.uniteText', { name: type.name, into, count }, type.images),
        t('labeling.types.uniteTitle', { into }),
        { confirmButtonText: t('labeling.types.unite'), cancelButtonText: t('action.cancel') },
      )
      return true
    } catch {
      // The person did not confirm.
      return false
    }
  }

  async function rename(name: string): Promise<void> {
    try {
      const type = await storedType(name)
      if (type === null) return
      const wanted = await askName(type.name)
      if (wanted === null || wanted === type.name) return
      const other = types.stored.value.find(
        (known) => known.name !== type.name && known.name.toLowerCase() === wanted.toLowerCase(),
      )
      if (other !== undefined) {
        if (await askToUnite(type, other.name)) await unite(type.name, other.name)
        return
      }
      await during(
        type.name,
        wanted,
        (id) => call('label.renameType', { dataset: id, type: type.name, name: wanted }),
        t('labeling.types.renamed', { name: type.name, to: wanted }),
      )
    } catch (thrown) {
      notices.fail(thrown)
    }
  }

  /** Deletes a type that nothing has; of another one it asks which type takes its masks. */
  async function remove(name: string): Promise<void> {
    const type = await storedType(name).catch((thrown: unknown) => {
      notices.fail(thrown)
      return null
    })
    if (type === null) return
    if (type.images > 0) {
      removing.value = type
      return
    }
    try {
      const make = (id: string) => call('label.removeType', { dataset: id, type: type.name, into: null })
      await during(type.name, null, make, t('labeling.types.removed', { name: type.name }))
    } catch (thrown) {
      // Photographs that were taken out of the dataset may have it.
      if (asFailure(thrown).code === 'defect-type-used') removing.value = type
      else notices.fail(thrown)
    }
  }

  async function removeInto(into: string): Promise<void> {
    const type = removing.value
    removing.value = null
    if (type === null) return
    try {
      await unite(type.name, into)
    } catch (thrown) {
      notices.fail(thrown)
    }
  }

  // Another window has changed a type, or put one back.
  useEvent('removed.changed', () => {
    if (isChanging.value || annotation.state.value !== 'saved') return
    reload().catch(notices.fail)
  })

  return {
    removing,
    /** Those that can take its masks. */
    others: computed(() => types.stored.value.filter(({ name }) => name !== removing.value?.name)),
    rename,
    remove,
    removeInto,
    keep: () => {
      removing.value = null
    },
  }
}
