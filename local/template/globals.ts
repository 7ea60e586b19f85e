import { isObject, type Json, type JsonObject, type TemplateDocument } from './document.ts';

const sections: Readonly<Record<string, string>> = {
  'AWS::Serverless::Function': 'Function',
  'AWS::Serverless::Api': 'Api',
  'AWS::Serverless::StateMachine': 'StateMachine',
  'AWS::Serverless::SimpleTable': 'SimpleTable',
};

/** The template with its Globals merged into each resource, as SAM merges them: maps key by key, lists one after the other. */
export function withGlobals(document: TemplateDocument): TemplateDocument {
  const resources = Object.entries(document.resources).map(([logicalId, resource]) => {
    const section = document.globals[sections[resource.type] ?? ''];
    const properties = isObject(section)
      ? (merge(section, resource.properties) as JsonObject)
      : resource.properties;
    return [logicalId, { ...resource, properties }] as const;
  });
  return { ...document, resources: Object.fromEntries(resources) };
}

function merge(general: Json, own: Json): Json {
  if (Array.isArray(general) && Array.isArray(own)) return [...general, ...own];
  if (!isObject(general) || !isObject(own) || isIntrinsic(general) || isIntrinsic(own)) return own;
  const keys = new Set([...Object.keys(general), ...Object.keys(own)]);
  return Object.fromEntries(
    [...keys].map((key) => {
      const [left, right] = [general[key], own[key]];
      if (left === undefined || right === undefined) return [key, (right ?? left) as Json];
      return [key, merge(left, right)];
    }),
  );
}

function isIntrinsic(value: JsonObject): boolean {
  const [key, ...others] = Object.keys(value);
  return key !== undefined && others.length === 0 && (key === 'Ref' || key.startsWith('Fn::'));
}
