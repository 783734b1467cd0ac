/** Takes the mask of one image from a file that a person names. */
import { Failure } from '../../../shared/failure.ts'
import { cleanDefectType, type SavedAnnotation, unnamedDefect } from '../../../shared/label.ts'
import type { Message } from '../../../shared/messages/message.ts'
import { message } from '../../../shared/messages/message.ts'
import { regionShapesOf } from '../../../shared/region-shape.ts'
import type { ImageId } from '../../../shared/values.ts'
import { classTexts, fitMask, interpretMask } from '../../images/mask.ts'
import { orientationOf } from '../../images/orientation.ts'
import { findImage } from '../../store/images.ts'
import type { Workspace } from '../../store/workspace.ts'
import { saveAnnotation } from './annotate.ts'

/** @throws Failure `image-unknown`, `mask-unfit`, `validation-frozen`, `disk-full`; ImageRefusal where it cannot be read */
export async function maskFromFile(
  workspace: Workspace,
  request: {
    image: ImageId
    file: string
    invert: boolean
    defectType: string | null
    operatorId: number | null
  },
): Promise<SavedAnnotation & { notes: Message[] }> {
  const image = findImage(workspace.db, request.image)
  const { width, height } = image
  const orientation = await orientationOf(workspace.blobs.path(image.sha256, image.format))
  const found = await interpretMask(request.file, { invert: request.invert })
  const fitting = fitMask(found, { width, height, orientation })
  if (fitting === null) {
    const { mask } = found
    throw new Failure('mask-unfit', {
      file: request.file,
      width: mask.width,
      height: mask.height,
      image: image.file,
      fileWidth: width,
      fileHeight: height,
    })
  }
  const { mask, classes, notes } = fitting
  if (mask.area === 0) throw new Failure('mask-unfit', { case: 'empty', file: request.file })
  const type = cleanDefectType(request.defectType ?? image.defectType ?? '') ?? unnamedDefect
  const shapes = regionShapesOf(mask, (index) => mask.data[index] === 1, type)
  const saved = await saveAnnotation(workspace, { image: image.id, shapes, operatorId: request.operatorId })
  const united = classes.length > 1 ? [message('mask-classes', { classes: classTexts(classes) })] : []
  return { ...saved, notes: [...notes, ...united] }
}
