/**
 * Fields of the filter grammar in a list with commas between them, whose quotes keep a comma of a key.
 */
import { badRequest } from '../refusal.ts'

const LIMIT_FIELDS = 200

/** Takes a list apart; spaces around a field are dropped. @throws a refusal for too many */
export function fieldsIn(text: string): readonly string[] {
  const parts = text.match(/(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^,])+/gs) ?? []
  const fields = parts.map((part) => part.trim()).filter((part) => part !== '')
  if (fields.length > LIMIT_FIELDS) throw badRequest(`a list has at most ${LIMIT_FIELDS} fields`)
  return fields
}
