import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { definition, functionNames, kebab, statesOf, template } from '../template/shipped.ts';

const lambdaStates = (['release', 'promotion'] as const).flatMap((machine) =>
  statesOf(definition(machine))
    .filter(([, { Resource }]) => typeof Resource === 'string' && Resource.includes(':lambda:invoke'))
    .map(([name, state]) => ({ machine, name, arguments: state.Arguments as { FunctionName: string } })),
);

describe('one name everywhere', () => {
  it('finds the functions and the states it is about', () => {
    expect(functionNames).toHaveLength(22);
    expect(lambdaStates).toHaveLength(15);
  });

  it.each(functionNames)('%s is its handler, its task, its test, its event, its log field', (name) => {
    const file = kebab(name);
    for (const path of [
      `functions/handlers/${file}.ts`,
      `functions/tasks/${file}.ts`,
      `test/unit/tasks/${file}.test.ts`,
      `events/${file}.json`,
    ]) {
      expect(existsSync(path), path).toBe(true);
    }
    expect(readFileSync(`functions/handlers/${file}.ts`, 'utf8')).toMatch(
      new RegExp(String.raw`taskHandler\(\s*'${name}'`),
    );
    const { Metadata, Properties } = template.Resources[`${name}Function`] ?? {};
    expect(Metadata?.BuildProperties?.EntryPoints).toEqual([`handlers/${file}.ts`]);
    expect(Properties?.Handler).toBe(`${file}.handler`);
  });

  it.each(lambdaStates)(
    'state $name of $machine calls its own function',
    ({ machine, name, arguments: { FunctionName } }) => {
      expect(functionNames).toContain(name);
      expect(FunctionName).toBe(`\${${name}FunctionArn}`);
      const id = machine === 'release' ? 'ReleaseStateMachine' : 'PromotionStateMachine';
      expect(template.Resources[id]?.Properties.DefinitionSubstitutions[`${name}FunctionArn`]).toEqual({
        'Fn::GetAtt': `${name}Function.Arn`,
      });
    },
  );

  it.each(['handlers', 'tasks'])('functions/%s holds nothing that the template does not deploy', (folder) => {
    const files = readdirSync(`functions/${folder}`).filter((file) => file.endsWith('.ts'));
    expect(files.sort()).toEqual(functionNames.map((name) => `${kebab(name)}.ts`).sort());
  });
});
