import { arnIn, byJsonOperation, type JsonNeeds, text } from '../call.ts';

const onRule =
  (action: string, member: 'Name' | 'Rule'): JsonNeeds =>
  (input, world) => [
    { action: `events:${action}`, resource: arnIn(world)('events', `rule/${text(input[member])}`) },
  ];

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html
export const eventsNeeds = byJsonOperation({
  PutEvents: ({ Entries }, world) => {
    const entries = Array.isArray(Entries) ? Entries : [];
    const buses = new Set(entries.map((entry) => text(entry?.EventBusName) || 'default'));
    return [...buses].map((bus) => ({
      action: 'events:PutEvents',
      resource: bus.startsWith('arn:') ? bus : arnIn(world)('events', `event-bus/${bus}`),
    }));
  },
  PutRule: onRule('PutRule', 'Name'),
  PutTargets: onRule('PutTargets', 'Rule'),
  DescribeRule: onRule('DescribeRule', 'Name'),
  ListTargetsByRule: onRule('ListTargetsByRule', 'Rule'),
  ListRules: () => [{ action: 'events:ListRules', resource: '*' }],
});
