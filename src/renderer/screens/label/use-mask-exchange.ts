/** Exports the masks of a dataset in the format of another tool, and imports such masks. */
import { ElMessageBox } from 'element-plus'
import { useI18n } from 'vue-i18n'
import {
  type MaskFormat,
  type MaskImportFormat,
  maskFormatSchema,
  maskImportFormatSchema,
} from '../../../shared/label.ts'
import { call } from '../../bridge.ts'
import { useFolderPickerStore } from '../../data/folder-picker.ts'
import { useNoticesStore } from '../../data/notices.ts'
import { useWords } from '../../i18n/words.ts'
import { useActions } from '../../ui/actions.ts'

/**
 * @param stored makes sure that what was drawn is stored; false where it could not be
 * @param imported is called after masks were taken in
 */
export function useMaskExchange(
  dataset: () => string | null,
  stored: () => Promise<boolean>,
  imported: () => Promise<void>,
) {
  const { t } = useI18n()
  const words = useWords()
  const picker = useFolderPickerStore()
  const notices = useNoticesStore()
  const { busy, during } = useActions()

  async function exchange(
    question: string,
    work: (dataset: string, folder: string) => Promise<void>,
  ): Promise<void> {
    const id = dataset()
    if (id === null || !(await stored())) return
    const folder = await picker.choose(question)
    if (folder !== null) await during(() => work(id, folder))
  }

  async function exportTo(dataset: string, folder: string, format: MaskFormat): Promise<void> {
    const done = await call('label.export', { dataset, format, folder })
    const [noted] = done.notes
    const note = noted
      ? t('labeling.noted', {
          count: done.notes.length,
          file: noted.file,
          note: words.value.text('warning', noted),
        })
      : ''
    notices.tell(
      'good',
      t('labeling.exported', { count: done.images }, done.images),
      `${done.folder} ${note}`.trim(),
    )
  }

  async function confirmsImport(folder: string): Promise<boolean> {
    try {
      await ElMessageBox.confirm(t('labeling.importAsk', { folder }), t('labeling.importTitle'), {
        confirmButtonText: t('labeling.importYes'),
        cancelButtonText: t('action.cancel'),
      })
      return true
    } catch {
      // The person did not confirm.
      return false
    }
  }

  async function importFrom(dataset: string, folder: string, format: MaskImportFormat): Promise<void> {
    if (!(await confirmsImport(folder))) return
    const done = await call('label.import', { dataset, format, folder })
    const [skipped] = done.skipped
    const [noted] = done.notes
    const details = [
      done.labeled > 0 ? t('labeling.labeled', { count: done.labeled }, done.labeled) : undefined,
      skipped &&
        t('labeling.skipped', {
          count: done.skipped.length,
          file: skipped.file,
          reason: words.value.text('reason', skipped),
        }),
      noted &&
        t('labeling.noted', {
          count: done.notes.length,
          file: noted.file,
          note: words.value.text('warning', noted),
        }),
    ].filter((text) => text !== undefined)
    const tone = done.images + done.labeled > 0 ? 'good' : 'info'
    notices.tell(tone, t('labeling.imported', { count: done.images }, done.images), details.join(' '))
    await imported()
  }

  return {
    busy,
    exportMasks: (format: string) =>
      exchange(t('labeling.exportTo'), (id, folder) => exportTo(id, folder, maskFormatSchema.parse(format))),
    importMasks: (format: string) =>
      exchange(t('labeling.importFrom'), (id, folder) =>
        importFrom(id, folder, maskImportFormatSchema.parse(format)),
      ),
  }
}
