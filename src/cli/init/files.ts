export const starterConfig = `# yaml-language-server: $schema=./node_modules/flipgate/schema.json
# What flipgate asks, of whom, and where it writes. Every key is described in the schema above.

gold: gold                     # the questions: a folder or a file; flipgate gold lint checks it
baseline: blue                 # the arm that is live
candidate: green               # the arm that is to go live

plan:
  paraphrases: 3               # asked besides the question itself
  seeds: [1, 2]                # handed to the arm for its samplers
  warmup: 0                    # questions asked beforehand and not measured

embedder:
  model: all-MiniLM-L6-v2      # ships with flipgate; or a folder, a hub id, or { url, model } of an OpenAI-compatible service

store: reports                 # a folder per run

arms:
  blue:
    kind: http
    url: \${BLUE_URL:-http://127.0.0.1:8001/ask}    # \${NAME} comes from the environment, \${NAME:-default} with a default
    # headers: { authorization: "Bearer \${ASK_TOKEN}" }     # secrets come from the environment and are redacted everywhere
    # body: { question: "{{question}}", seed: "{{seed}}" }  # this is the default; templates fill values
    # response:                                              # JMESPath, when your service answers in another shape
    #   answer: result.text
    #   retrieved: "result.docs[*].{snippet_id: id, section_id: section, source_url: url, text: body}"
    # versionsUrl: http://127.0.0.1:8001/versions            # the five version fields as JSON, when answers do not carry them
    # pins: { INDEX_HASH: "…", PROMPT_VER: "…" }             # what you mean to evaluate; another artifact is noticed
    timeoutSeconds: 30
    concurrency: 16            # calls under way at most
  green:
    extends: blue              # every key of blue that is not set here
    url: \${GREEN_URL:-http://127.0.0.1:8002/ask}

# serve:                         # flipgate serve: /metrics and the gates over HTTP
#   port: 9464
#   token: \${FLIPGATE_TOKEN}      # wanted by the one call that acts
# rollback:                      # what an alert with action=rollback does; no shell is between
#   command: [./to-blue.sh]
#   verify: { command: [./is-blue.sh] }    # ends with 0 where traffic is on blue
`;

export const starterDocument = `# Refunds

## window

A refund can be asked for within 30 days after delivery. The day the parcel was handed over counts as day zero, and the form must reach us before midnight of day thirty.

## method

Refunds go back to the card or account that paid. A bank transfer takes three to five working days; gift cards are refunded as a new gift card.
`;

const anchors = [
  {
    id: 'Q_0001',
    question: 'How many days after delivery can I ask for a refund?',
    paraphrases: [
      'Within how many days of delivery must a refund be asked for?',
      'How long after the delivery can I still ask for my money back?',
      'Until when may a customer ask for a refund once the order was delivered?',
    ],
    section: 'window',
  },
  {
    id: 'Q_0002',
    question:
      'Do refunds go back to the card or account that paid, and how many working days does a bank transfer take?',
    paraphrases: [
      'To which card or account are refunds sent, and how long does the bank transfer take?',
      'Is the refund paid to the card I used, or by bank transfer, and in how many working days?',
      'How many working days does a bank transfer of a refund to my account take?',
    ],
    section: 'method',
  },
] as const;

/** Two questions of the form that a gold set has, anchored to sections of the starter document. */
export function starterGold(): string {
  return anchors
    .map(
      ({ id, question, paraphrases, section }) =>
        `${JSON.stringify({ id, question, paraphrases, anchors: [anchorOf(section)] })}\n`,
    )
    .join('');
}

function anchorOf(section: string): object {
  const heading = `## ${section}\n\n`;
  const start = starterDocument.indexOf(heading) + heading.length;
  const end = starterDocument.indexOf('\n', start);
  return {
    source_url: 'docs/refunds.md',
    section_id: section,
    offsets: [start, end],
    text: starterDocument.slice(start, end),
  };
}
