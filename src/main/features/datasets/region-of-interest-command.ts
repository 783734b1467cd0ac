/**
 * `region`: shows, previews or sets the region of interest of a dataset's photographs, drawn by a person or found
 * automatically.
 */
import { z } from 'zod'
import { type RegionOfInterest, regionOfInterestSchema } from '../../../shared/region-of-interest.ts'
import type { AddCommand } from '../../command-line/command.ts'
import { polygonOption, rectangleOption, share } from '../../command-line/option-values.ts'
import { textTable } from '../../command-line/text-table.ts'
import { WrongUse } from '../../command-line/wrong-use.ts'

/** Number of photographs that a preview uses. */
const previewed = 8

export const addRegionOfInterest: AddCommand = (line) =>
  line.add({
    acts: true,
    name: 'region',
    summary: 'say what of the photographs of a dataset counts: background around a part can be left out',
    examples: [
      ['region --dataset line', 'what is set'],
      ['region --dataset line --rectangle 0.1,0.2,0.9,0.8', 'left, top, right, bottom as shares'],
      ['region --dataset line --polygon "0.5,0.1 0.9,0.9 0.1,0.9"', 'corners; may be given several times'],
      ['region --dataset line --found --preview', 'the part on each photograph; looks and sets nothing'],
      ['region --dataset line --none', 'whole photographs again'],
    ],
    declare: (command) =>
      command
        .requiredOption('--dataset <name>', 'the dataset')
        .option('--rectangle <l,t,r,b>', 'a rectangle that counts, in shares', rectangleOption)
        .option('--polygon <corners>', 'a polygon that counts, corners x,y in shares', polygonOption)
        .option('--found', 'what differs from the color of the border, on each photograph')
        .option('--margin <share>', 'around what is found, of the longer side (default: 0.02)', share)
        .option('--none', 'all of each photograph')
        .option('--preview', 'say what it comes to on some photographs, and set nothing')
        .option('--operator <name>', 'who sets it (default: the name of this user account)'),
    options: z.object({
      dataset: z.string(),
      rectangle: z.array(z.array(z.number())).optional(),
      polygon: z.array(z.array(z.number())).optional(),
      found: z.boolean().default(false),
      margin: z.number().max(0.2).optional(),
      none: z.boolean().default(false),
      preview: z.boolean().default(false),
      operator: z.string().optional(),
    }),
    async act(context, options) {
      const { dataset, rectangle = [], polygon = [], margin, preview } = options
      const polygons = [...rectangle, ...polygon]
      if ([polygons.length > 0, options.found, options.none].filter(Boolean).length > 1) {
        throw new WrongUse('Give --rectangle and --polygon, or --found, or --none: one of them.')
      }
      if (margin !== undefined && !options.found) throw new WrongUse('Give --margin with --found.')
      const asked = options.none
        ? regionOfInterestSchema.parse({ kind: 'none' })
        : options.found
          ? regionOfInterestSchema.parse({ kind: 'found', margin })
          : polygons.length > 0
            ? regionOfInterestSchema.parse({ kind: 'drawn', polygons })
            : null
      const { workspace } = await context.session()
      const [
        { regionOfInterestOfDataset, previewRegionOfInterestOfDataset, setRegionOfInterestOfDataset },
        { findDataset },
        { listImages },
      ] = await Promise.all([
        import('./regions-of-interest.ts'),
        import('../../store/datasets.ts'),
        import('../../store/images.ts'),
      ])
      const { id, name } = findDataset(workspace.db, dataset)
      if (!preview) {
        const { operator = context.operator } = options
        const region =
          asked === null
            ? regionOfInterestOfDataset(workspace, name)
            : setRegionOfInterestOfDataset(workspace, { dataset: name, region: asked, operator })
        const after = asked === null ? '' : 'Trainings from now on use it; runs that are there keep theirs.\n'
        return {
          document: { dataset: name, region },
          text: `${name}: ${regionOfInterestText(region)}.\n${after}`,
        }
      }
      const region = asked ?? regionOfInterestOfDataset(workspace, name)
      const images = listImages(
        workspace.db,
        { datasetId: id, split: 'train' },
        { offset: 0, limit: previewed },
      )
      const found = await previewRegionOfInterestOfDataset(workspace, {
        dataset: name,
        region,
        images: images.map((image) => image.id),
      })
      const shares = found.map(({ image, share: counts }) => ({
        image,
        file: images.find((known) => known.id === image)?.file ?? '',
        share: counts,
      }))
      return {
        document: { dataset: name, region, preview: shares },
        text:
          `${name}: ${regionOfInterestText(region)}. Nothing was set.\n\n` +
          textTable([
            ['counts', 'photograph'],
            ...shares.map(({ file, share: counts }) => [`${(100 * counts).toFixed(1)} %`.padStart(7), file]),
          ]),
      }
    },
  })

function regionOfInterestText(region: RegionOfInterest): string {
  switch (region.kind) {
    case 'none':
      return 'all of each photograph counts'
    case 'drawn':
      return `what lies in ${region.polygons.length === 1 ? 'one polygon' : `${region.polygons.length} polygons`} counts`
    case 'found':
      return `the part counts, as it is found on each photograph, with a margin of ${100 * region.margin} %`
  }
}
