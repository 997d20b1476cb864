import { expect, test } from '@jest/globals';
import { clickstreamDashboard } from '../../../dashboard/clickstream-dashboard';
import { createDashboardInput } from '../../../dashboard/quicksight/definition';
import { parseDefinition } from '../../../dashboard/quicksight/definition-file';
import { targetOf } from '../../../dashboard/quicksight/target';

const file = createDashboardInput(clickstreamDashboard, targetOf('111122223333', 'us-east-1', 'dev'));

test('reads what is exported', () => {
  expect(parseDefinition(JSON.stringify(file))).toMatchObject({ name: file.Name, definition: file.Definition });
});

// biome-ignore lint/suspicious/noExplicitAny: faults are put where the types would not let them be
test.each<[string, (file: any) => void, RegExp]>([
  [
    'an unknown part',
    (f) => (f.Definition.Sheets[1].Visuals[0].FilledMapVisual.Color = 'red'),
    /^Definition\.Sheets\[1\]\.Visuals\[0\]\.FilledMapVisual\.Color is not known: there are .*ChartConfiguration/,
  ],
  [
    'an unknown visual',
    (f) => (f.Definition.Sheets[0].Visuals[1] = { SpiderVisual: {} }),
    /Definition\.Sheets\[0\]\.Visuals\[1\]\.SpiderVisual is not known/,
  ],
  [
    'a text for a list',
    (f) => (f.Definition.Sheets[0].Visuals = 'all'),
    /Definition\.Sheets\[0\]\.Visuals must be a list, and is "all"/,
  ],
  [
    'a list for an object',
    (f) => (f.Definition.FilterGroups[0].ScopeConfiguration = []),
    /ScopeConfiguration must be an object, and is a list/,
  ],
  [
    'a number for a text',
    (f) => (f.Definition.CalculatedFields[0].Name = 5),
    /Definition\.CalculatedFields\[0\]\.Name must be a text, and is 5/,
  ],
  [
    'a text for a number',
    (f) => (f.Definition.Sheets[0].Layouts[0].Configuration.GridLayout.Elements[0].RowSpan = '4'),
    /RowSpan must be a number, and is "4"/,
  ],
  [
    'a field of an unknown data set',
    (f) => (f.Definition.DataSetIdentifierDeclarations[0].Identifier = 'clicks'),
    /there is no data set events: there are clicks/,
  ],
  [
    'no definition',
    (f) => delete f.Definition,
    /it has no Definition: take it with "aws quicksight describe-dashboard-definition/,
  ],
])('refuses %s, and says where', (_, spoil, said) => {
  const spoiled = JSON.parse(JSON.stringify(file));
  spoil(spoiled);
  expect(() => parseDefinition(JSON.stringify(spoiled))).toThrow(said);
});

test('refuses what is no JSON', () => expect(() => parseDefinition('{')).toThrow(/^it is no JSON: /));
