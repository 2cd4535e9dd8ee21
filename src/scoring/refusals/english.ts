const unable = ['i am', "i'm", 'i was', 'we are', "we're", 'we were'].flatMap((who) => [
  `${who} unable to`,
  `${who} not able to`,
]);
const cannot = ['i', 'we'].flatMap((who) =>
  ['cannot', 'can not', "can't", 'could not', "couldn't"].map((verb) => `${who} ${verb}`),
);
const acts = [
  'answer',
  'find',
  'provide',
  'determine',
  'help with',
  'help you with',
  'assist with',
  'tell from',
  'say from',
  'confirm',
];
const notThere = ['do not', "don't", 'does not', "doesn't", 'did not', "didn't"];
const having = ['have', 'contain', 'provide', 'include', 'hold', 'give'];
const what = [
  'information',
  'any information',
  'enough information',
  'sufficient information',
  'the information',
  'the answer',
  'an answer',
];

/** English phrases. */
export const englishRefusals: readonly string[] = [
  ...[...cannot, ...unable].flatMap((start) => acts.map((act) => `${start} ${act}`)),
  ...notThere.flatMap((no) => having.flatMap((verb) => what.map((noun) => `${no} ${verb} ${noun}`))),
  ...['i do not', "i don't", 'we do not', "we don't"].flatMap((start) => [
    `${start} know`,
    `${start} have access to`,
  ]),
  ...['cannot', "can't", 'could not'].flatMap((no) => [
    `question ${no} be answered`,
    `this ${no} be answered`,
    `that ${no} be answered`,
  ]),
  ...['does not', "doesn't", 'do not', "don't"].flatMap((no) => [
    `${no} answer this question`,
    `${no} answer the question`,
    `${no} answer that question`,
  ]),
  ...['context', 'provided', 'documents', 'document', 'handbook', 'sources'].flatMap((source) => [
    `not mentioned in the ${source}`,
    `not covered in the ${source}`,
    `not covered by the ${source}`,
    `not found in the ${source}`,
    `not in the ${source}`,
  ]),
  ...['outside the scope', 'beyond the scope', 'out of scope'].flatMap((scope) => [
    `question is ${scope}`,
    `this is ${scope}`,
    `that is ${scope}`,
  ]),
  'there is no information',
  'there is not enough information',
  "there isn't enough information",
  'no information about',
  'no relevant information',
  'insufficient information',
  'no answer was found',
  'no answer could be found',
];
