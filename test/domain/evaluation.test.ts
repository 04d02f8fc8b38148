/**
 * Evaluations: which tables are some, and what is in them.
 */
import { describe, expect, test } from 'vitest'
import { confusionMatrix, matrixOf } from '../../src/domain/evaluation/confusion-matrix.ts'
import { areaUnder, curvesOf } from '../../src/domain/evaluation/curve.ts'
import { evaluationShape } from '../../src/domain/evaluation/evaluation-table.ts'
import type { EvaluationRows } from '../../src/domain/evaluation/evaluation-table.ts'

function kindOf(columns: readonly string[], rows: EvaluationRows['rows'] = []): string | undefined {
  return evaluationShape({ columns, rows })?.kind
}

describe('what a table is', () => {
  test.each([
    [['actual', 'predicted'], 'confusion'],
    [['true', 'predicted', 'count'], 'confusion'],
    [['', 'y_true', 'y_pred'], 'confusion'],
    [['id', 'label', 'prediction', 'score'], 'confusion'],
    [['fpr', 'tpr', 'threshold'], 'roc'],
    [['Unnamed: 0', 'FPR', 'TPR', 'thresholds'], 'roc'],
    [['class', 'fpr', 'tpr'], 'roc'],
    [['precision', 'recall', 'threshold'], 'pr'],
    [['prob_true', 'prob_pred'], 'calibration'],
    // A report of each class, and metrics of each epoch, have such columns beside others.
    [['class', 'precision', 'recall', 'f1-score', 'support'], undefined],
    [['epoch', 'precision', 'recall'], undefined],
    [['step', 'loss'], undefined],
    [[], undefined],
  ] as const)('%j is %s', (columns, kind) => {
    expect(kindOf(columns)).toBe(kind)
  })

  test('a square of counts that names its rows like its columns is a matrix', () => {
    const rows = [
      ['cat', '5', '1'],
      ['dog', '2', '7'],
    ]
    expect(kindOf(['', 'cat', 'dog'], rows)).toBe('matrix')
    expect(kindOf(['', 'cat', 'bird'], rows)).toBeUndefined()
    expect(kindOf(['', 'cat', 'dog'], [['cat', '5', '1']])).toBeUndefined()
    expect(confusionMatrix({ columns: ['', 'cat', 'dog'], rows }, { kind: 'matrix' })).toEqual({
      labels: ['cat', 'dog'],
      counts: [
        [5, 1],
        [2, 7],
      ],
    })
  })
})

describe('a confusion matrix', () => {
  const shape = { kind: 'confusion', actual: 0, predicted: 1, count: undefined } as const

  test('counts predictions; labels that are numbers are in the order of numbers', () => {
    const rows = [
      ['10', '9'],
      ['9', '9'],
      ['10', '10'],
      ['10', '9'],
    ]
    expect(confusionMatrix({ columns: ['actual', 'predicted'], rows }, shape)).toEqual({
      labels: ['9', '10'],
      counts: [
        [1, 0],
        [2, 1],
      ],
    })
  })

  test('takes counts that were made already', () => {
    const rows = [
      ['a', 'a', '41'],
      ['a', 'b', '2'],
      ['a', 'a', '1'],
    ]
    expect(confusionMatrix({ columns: ['true', 'predicted', 'count'], rows }, { ...shape, count: 2 })?.counts).toEqual([
      [42, 2],
      [0, 0],
    ])
  })

  test('is none where something is measured, or where there are more labels than anybody reads', () => {
    const prices = [
      ['10.5', '11.25'],
      ['9.75', '9.5'],
    ]
    expect(confusionMatrix({ columns: ['target', 'prediction'], rows: prices }, shape)).toBeUndefined()
    const many = Array.from({ length: 300 }, (_, index) => [`n${index}`, 'n0'])
    expect(confusionMatrix({ columns: ['actual', 'predicted'], rows: many }, shape)).toBeUndefined()
    expect(confusionMatrix({ columns: ['actual', 'predicted'], rows: [] }, shape)).toBeUndefined()
  })

  test('keeps a label called __proto__ a label', () => {
    const rows = [['__proto__', 'constructor']]
    expect(confusionMatrix({ columns: ['actual', 'predicted'], rows }, shape)?.labels).toEqual([
      '__proto__',
      'constructor',
    ])
  })

  test('may be a list of lists, square and without holes', () => {
    expect(
      matrixOf(
        [
          [1, 2],
          [3, 4],
        ],
        undefined,
      )?.labels,
    ).toEqual(['0', '1'])
    expect(
      matrixOf(
        [
          [1, 2],
          [3, 4],
        ],
        ['a', 'b'],
      )?.labels,
    ).toEqual(['a', 'b'])
    expect(matrixOf([[1, 2], [3]], undefined)).toBeUndefined()
    expect(
      matrixOf(
        [
          [1, -2],
          [3, 4],
        ],
        undefined,
      ),
    ).toBeUndefined()
    expect(
      matrixOf(
        [
          [1, 2],
          [3, 4],
        ],
        ['a'],
      ),
    ).toBeUndefined()
  })
})

describe('a curve', () => {
  const roc = { kind: 'roc', x: 0, y: 1, threshold: 2, label: undefined } as const

  test('has the area scikit-learn gives: y = [0, 0, 1, 1], scores = [0.1, 0.4, 0.35, 0.8]', () => {
    const rows = [
      ['0.0', '0.0', 'inf'],
      ['0.0', '0.5', '0.8'],
      ['0.5', '0.5', '0.4'],
      ['0.5', '1.0', '0.35'],
      ['1.0', '1.0', '0.1'],
    ]
    const [curve] = curvesOf({ columns: ['fpr', 'tpr', 'threshold'], rows: rows.toReversed() }, roc)
    expect(curve?.area).toBe(0.75)
    expect(curve?.points.map(({ x, y, threshold }) => [x, y, threshold])).toEqual([
      [0, 0, null],
      [0, 0.5, 0.8],
      [0.5, 0.5, 0.4],
      [0.5, 1, 0.35],
      [1, 1, 0.1],
    ])
  })

  test('is thinned out without losing its ends, and its area is that of all points', () => {
    const rows = Array.from({ length: 50_000 }, (_, index) => {
      const x = index / 49_999
      return [String(x), String(Math.sqrt(x)), '']
    })
    const [curve] = curvesOf({ columns: ['fpr', 'tpr', 'threshold'], rows }, roc)
    expect(curve?.count).toBe(50_000)
    expect(curve?.points.length).toBeLessThan(2100)
    expect([curve?.points[0]?.x, curve?.points.at(-1)?.x]).toEqual([0, 1])
    expect(curve?.area).toBeCloseTo(2 / 3, 5)
  })

  test('leaves out what is no share, and knows several of one table apart', () => {
    const rows = [
      ['0', '0', 'a'],
      ['1', '1', 'a'],
      ['0', '0', 'b'],
      ['2', '1', 'b'],
      ['nan', '1', 'b'],
      [null, '1', 'b'],
      ['1', '0.5', 'b'],
    ]
    const curves = curvesOf({ columns: ['fpr', 'tpr', 'class'], rows }, { ...roc, threshold: undefined, label: 2 })
    expect(curves.map(({ label, area, count }) => [label, area, count])).toEqual([
      ['a', 0.5, 2],
      ['b', 0.25, 2],
    ])
  })

  test('has no area without width', () => {
    expect(areaUnder([])).toBe(0)
    expect(areaUnder([{ x: 1, y: 1 }])).toBe(0)
  })
})
