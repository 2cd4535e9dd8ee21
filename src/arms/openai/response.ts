import { isAbsent, readList, readObject, readText, ShapeError } from '../response/field-reader.ts';
import { parseJsonText } from '../json-text.ts';

/** What of a chat completion is kept: in the contract's words, unchecked where `parseResponse` checks. */
export interface Completion {
  readonly answer: string;
  readonly refused?: true;
  readonly tool_calls?: readonly unknown[];
  readonly usage?: { readonly input_tokens: unknown; readonly output_tokens: unknown };
  readonly isCut: boolean;
}

/**
 * Reads the first choice of a chat completion. An answer that is null becomes an empty one: the model was asked and said nothing. Throws a
 * `ShapeError` for what is no chat completion.
 */
export function readCompletion(value: unknown): Completion {
  const raw = readObject(value, 'the response');
  const [first] = readList(raw['choices'], 'choices', 128);
  if (first === undefined) throw new ShapeError('choices is empty');
  const choice = readObject(first, 'choices[0]');
  const message = readObject(choice['message'], 'choices[0].message');
  const refusal = isAbsent(message['refusal'])
    ? ''
    : readText(message['refusal'], 'choices[0].message.refusal');
  const content = isAbsent(message['content'])
    ? ''
    : readText(message['content'], 'choices[0].message.content');
  return {
    answer: content === '' ? refusal : content,
    ...(refusal === '' ? {} : { refused: true }),
    ...(isAbsent(message['tool_calls'])
      ? {}
      : { tool_calls: readList(message['tool_calls'], 'tool_calls', 20_000).map(toolCall) }),
    ...(isAbsent(raw['usage']) ? {} : { usage: usageOf(raw['usage']) }),
    isCut: choice['finish_reason'] === 'length',
  };
}

function toolCall(value: unknown, index: number): unknown {
  const raw = readObject(value, `tool_calls[${index}]`);
  const called = readObject(raw['function'], `tool_calls[${index}].function`);
  const written = called['arguments'];
  const parsed = typeof written === 'string' ? parseJsonText(written) : undefined;
  return { name: called['name'], arguments: parsed?.ok === true ? parsed.value : written };
}

function usageOf(value: unknown): NonNullable<Completion['usage']> {
  const raw = readObject(value, 'usage');
  return { input_tokens: raw['prompt_tokens'], output_tokens: raw['completion_tokens'] };
}
