/** Turns what zod found wrong with an input into field problems in both languages. */
import { z, type ZodError } from 'zod';
import type { FieldProblem } from './problem-response.ts';

type Issue = ZodError['issues'][number];

/** RFC 6901: `~` and `/` inside a name are escaped. */
export function jsonPointer(path: readonly PropertyKey[]): string {
  return path
    .map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}

const fieldWords = z.object({ code: z.string(), zh: z.string(), en: z.string() }).readonly();

/** What is wrong with a field: a code and both languages. A schema's own check carries them as its issue's `params`. */
export type FieldWords = z.infer<typeof fieldWords>;

type Words = FieldWords;

const KINDS: Readonly<Record<string, string>> = {
  string: '文本',
  number: '数字',
  int: '整数',
  boolean: '布尔值',
  array: '列表',
  object: '对象',
};

function wordsOfSize(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): Words {
  const small = issue.code === 'too_small';
  const bound = String(small ? issue.minimum : issue.maximum);
  const code = small ? 'TOO_SMALL' : 'TOO_BIG';
  if (issue.origin === 'string') {
    return small
      ? { code, zh: `至少 ${bound} 个字符`, en: `At least ${bound} characters` }
      : { code, zh: `最多 ${bound} 个字符`, en: `At most ${bound} characters` };
  }
  if (issue.origin === 'array') {
    return small
      ? { code, zh: `至少 ${bound} 项`, en: `At least ${bound} items` }
      : { code, zh: `最多 ${bound} 项`, en: `At most ${bound} items` };
  }
  return small
    ? { code, zh: `不能小于 ${bound}`, en: `Not less than ${bound}` }
    : { code, zh: `不能大于 ${bound}`, en: `Not more than ${bound}` };
}

const NOT_AS_IT_MUST_BE: Words = { code: 'INVALID', zh: '内容不符合要求', en: 'Not as it must be' };

function wordsOf(issue: Issue): Words {
  switch (issue.code) {
    case 'invalid_type':
      // The input is absent or null as often as of another type; both read the same to a person.
      return issue.input === undefined && issue.message.includes('undefined')
        ? { code: 'REQUIRED', zh: '此项必填', en: 'This field is required' }
        : {
            code: 'INVALID_TYPE',
            zh: `类型不正确，应为${KINDS[issue.expected] ?? issue.expected}`,
            en: `Must be of type ${issue.expected}`,
          };
    case 'too_small':
    case 'too_big':
      return wordsOfSize(issue);
    case 'invalid_value':
      return {
        code: 'INVALID_VALUE',
        zh: `须为以下之一：${issue.values.map(String).join('、')}`,
        en: `Must be one of: ${issue.values.map(String).join(', ')}`,
      };
    case 'invalid_format':
      return { code: 'INVALID_FORMAT', zh: '格式不正确', en: 'The format is not right' };
    case 'not_multiple_of':
    case 'invalid_union':
    case 'invalid_key':
    case 'invalid_element':
    case 'unrecognized_keys':
      return NOT_AS_IT_MUST_BE;
    case 'custom':
      return fieldWords.safeParse(issue.params).data ?? NOT_AS_IT_MUST_BE;
  }
}

const UNKNOWN: Words = { code: 'UNKNOWN_FIELD', zh: '没有此字段', en: 'There is no such field' };

/** One field problem per issue; an unknown field is named by its own pointer. Values are never repeated. */
export function fieldProblems(error: ZodError): readonly FieldProblem[] {
  return error.issues.flatMap((issue): readonly FieldProblem[] => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ pointer: jsonPointer([...issue.path, key]), ...UNKNOWN }));
    }
    return [{ pointer: jsonPointer(issue.path), ...wordsOf(issue) }];
  });
}
