import { isObject, type Json, type TemplateDocument } from './document.ts';
import { TemplateError } from './template-error.ts';

/** The template's parameters with their values: an override, else the default. Throws `TemplateError`. */
export function parameterValues(
  document: TemplateDocument,
  overrides: Readonly<Record<string, string>>,
): Readonly<Record<string, Json>> {
  for (const name of Object.keys(overrides)) {
    if (!Object.hasOwn(document.parameters, name)) {
      throw new TemplateError(
        'Parameters',
        `"${name}" is given a value but the template has no such parameter`,
      );
    }
  }
  return Object.fromEntries(
    Object.entries(document.parameters).map(([name, declaration]) => [
      name,
      parameterValue(name, declaration, overrides[name]),
    ]),
  );
}

function parameterValue(name: string, declaration: Json, override: string | undefined): Json {
  const where = `Parameters.${name}`;
  if (!isObject(declaration)) throw new TemplateError(where, 'is not an object');
  const given = override ?? declaration.Default;
  if (given === undefined) throw new TemplateError(where, 'has no default and is given no value');
  const value = String(given);
  const allowed = declaration.AllowedValues;
  if (Array.isArray(allowed) && !allowed.some((item) => String(item) === value)) {
    throw new TemplateError(
      where,
      `"${value}" is not one of ${allowed.map((item) => `"${item}"`).join(', ')}`,
    );
  }
  const pattern = declaration.AllowedPattern;
  if (typeof pattern === 'string' && !new RegExp(`^(?:${pattern})$`, 'u').test(value)) {
    throw new TemplateError(where, `"${value}" does not match "${pattern}"`);
  }
  const type = String(declaration.Type);
  if (type.startsWith('AWS::SSM::Parameter::Value')) {
    throw new TemplateError(where, `the type "${type}" is not played by the laptop cloud`);
  }
  const isList = type === 'CommaDelimitedList' || type.startsWith('List<');
  return isList ? value.split(',').map((item) => item.trim()) : value;
}
