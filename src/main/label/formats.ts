/** Which file formats masks are read from and written to, each in a file of its own. */
import { z } from 'zod'

export const maskFormatSchema = z.enum(['mvtec', 'coco', 'labelme'])
export type MaskFormat = z.infer<typeof maskFormatSchema>
