/** Documents of --json: described by a schema each, with examples that the program itself printed. */
import { describe, expect, test } from 'vitest'
import { documentText } from '../../cli/output.ts'
import { VERBS } from '../../cli/verbs.ts'
import { DOCUMENTS } from './sample-documents.ts'
import { documentNames, documentProblems, documentSchema } from './schemas.ts'

/** A document as a program reads it. */
function parsed(document: Parameters<typeof documentText>[0]): unknown {
  return JSON.parse(documentText(document, { isActionsLog: false }))
}

test('every verb has a schema, and every schema a verb', () => {
  expect([...documentNames()].sort()).toEqual([...VERBS.map(({ name }) => name), 'error'].sort())
})

describe.each(Object.entries(DOCUMENTS))('mlv %s --json', (name, documents) => {
  test('prints documents that are valid by their schema', () => {
    for (const document of documents) expect(documentProblems(name, parsed(document))).toEqual([])
  })

  test('has examples that are what it prints', () => {
    expect(documentSchema(name).examples).toEqual(documents.map(parsed))
  })

  test('has a schema that refuses a member nobody described', () => {
    for (const document of documents) {
      expect(documentProblems(name, parsed(new Map([...document, ['surprise', 1n]])))).not.toEqual([])
    }
  })
})

test('the example of a failure is valid', () => {
  const { examples } = documentSchema('error')
  expect(examples).toHaveLength(1)
  for (const example of examples ?? []) expect(documentProblems('error', example)).toEqual([])
})
