/** What was measured: figures with their intervals, and the charts. */
import type { Block } from './block.ts'
import { curveChart, histogramChart } from './charts.ts'
import type { ReportContent } from './content.ts'
import { inSvg } from './fonts.ts'
import type { Telling } from './telling.ts'

export function figureBlocks(content: ReportContent, telling: Telling): Block[] {
  const { say } = telling
  return [
    { kind: 'heading', text: say('figures', { split: say(`${content.split}Images`) }) },
    figureTable(content, telling),
    ...confusionTable(content, telling),
    ...typeTable(content, telling),
    { kind: 'heading', text: say('curves') },
    { kind: 'charts', charts: chartsOf(content, telling) },
  ]
}

function figureTable({ counts, auroc, auprc, rates }: ReportContent, telling: Telling): Block {
  const { say, counted, percent, shareInterval, figure, figureInterval } = telling
  const shares =
    rates === null
      ? []
      : ([
          [say('escapes'), rates.escapeRate],
          [say('falseRejects'), rates.falseRejectRate],
          [say('recall'), rates.recall],
        ] as const)
  return {
    kind: 'table',
    title: null,
    head: ['', '', '', say('interval')],
    rows: [
      [say('normal'), String(counts.normal), '', ''],
      [say('anomalous'), String(counts.anomalous), '', ''],
      ...(counts.unlabeled > 0 ? [[say('unlabeled'), String(counts.unlabeled), '', '']] : []),
      ...(counts.unscored > 0 ? [[say('unscored'), String(counts.unscored), '', '']] : []),
      ...shares.map(([name, share]) => [name, counted(share), percent(share), shareInterval(share)]),
      [say('auroc'), figure(auroc?.auroc), '', figureInterval(auroc)],
      [say('auprc'), figure(auprc), '', '–'],
    ],
    numbers: 1,
  }
}

function confusionTable({ confusion }: ReportContent, { say }: Telling): Block[] {
  if (confusion === null) return []
  return [
    {
      kind: 'table',
      title: say('confusion'),
      head: ['', say('flagged'), say('passed')],
      rows: [
        [say('anomalous'), String(confusion.caught), String(confusion.escapes)],
        [say('normal'), String(confusion.falseRejects), String(confusion.passed)],
      ],
      numbers: 1,
    },
  ]
}

function typeTable({ perDefectType }: ReportContent, telling: Telling): Block[] {
  if (perDefectType.length === 0) return []
  const { say, counted, shareInterval, figure, figureInterval } = telling
  return [
    {
      kind: 'table',
      title: say('perType'),
      head: [
        say('defectType'),
        say('count'),
        say('escapesShort'),
        say('interval'),
        say('aurocShort'),
        say('interval'),
      ],
      rows: perDefectType.map(({ defectType, n, escapeRate, auroc }) => [
        defectType,
        String(n),
        escapeRate === null ? '–' : counted(escapeRate),
        escapeRate === null ? '–' : shareInterval(escapeRate),
        figure(auroc?.auroc),
        figureInterval(auroc),
      ]),
      numbers: 1,
    },
  ]
}

function chartsOf(
  { scores, point, curves }: ReportContent,
  { say, score, language }: Telling,
): { svg: string; caption: string }[] {
  const set = inSvg(language)
  const at = say('pointName')
  return [
    {
      svg: histogramChart(
        scores.normal,
        scores.anomalous,
        point?.threshold ?? null,
        {
          x: say('score'),
          y: say('axisParts'),
          normal: say('normal'),
          anomalous: say('anomalous'),
          threshold: point === null ? '' : `${say('threshold')} ${score(point.threshold)}`,
        },
        set,
      ),
      caption: say('histogram'),
    },
    ...(curves.roc.length === 0
      ? []
      : [
          {
            svg: curveChart(
              curves.roc,
              curves.at?.roc ?? null,
              {
                x: say('axisFalseRejects'),
                y: say('axisRecall'),
                curve: say('curveModel'),
                at,
                diagonal: say('curveGuess'),
              },
              set,
            ),
            caption: say('roc'),
          },
          {
            svg: curveChart(
              curves.precisionRecall,
              curves.at?.precisionRecall ?? null,
              {
                x: say('axisRecall'),
                y: say('axisPrecision'),
                curve: say('curveModel'),
                at,
                diagonal: null,
              },
              set,
            ),
            caption: say('precisionRecall'),
          },
        ]),
  ]
}
