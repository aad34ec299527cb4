"""Checks a value against a JSON Schema: the words that contrib/schema uses (type, properties, required, additionalProperties, items,
enum, const, pattern, minimum, $ref into $defs). A word that it does not know is an error: nothing is passed over in silence."""
import re

KNOWN = {'$schema', '$id', '$defs', '$ref', 'title', 'description', 'type', 'properties', 'required', 'additionalProperties', 'items', 'enum',
         'const', 'pattern', 'minimum'}
TYPES = {'object': dict, 'array': list, 'string': str, 'integer': int, 'number': (int, float), 'boolean': bool}


def faults(value, schema, root=None, where='$'):
    """What is wrong with the value, as lines "WHERE: WHAT"."""
    root = schema if root is None else root
    unknown = set(schema) - KNOWN
    if unknown: raise ValueError(f'{where}: the checker does not know {unknown}')
    if '$ref' in schema:
        target = root
        for step in schema['$ref'].removeprefix('#/').split('/'): target = target[step]
        return faults(value, target, root, where)
    found = []
    wanted = schema.get('type')
    if wanted and (not isinstance(value, TYPES[wanted]) or wanted != 'boolean' and isinstance(value, bool)):
        return [f'{where}: {value!r} is no {wanted}']
    if 'enum' in schema and value not in schema['enum']: found.append(f'{where}: {value!r} is none of {schema["enum"]}')
    if 'const' in schema and value != schema['const']: found.append(f'{where}: {value!r} is not {schema["const"]!r}')
    if 'pattern' in schema and not re.search(schema['pattern'], value): found.append(f'{where}: {value!r} is not like {schema["pattern"]}')
    if 'minimum' in schema and value < schema['minimum']: found.append(f'{where}: {value} is below {schema["minimum"]}')
    if isinstance(value, dict):
        properties = schema.get('properties', {})
        found += [f'{where}: {key} is missing' for key in schema.get('required', ()) if key not in value]
        if schema.get('additionalProperties') is False: found += [f'{where}: {key} is not in the schema' for key in value if key not in properties]
        for key, one in value.items():
            if key in properties: found += faults(one, properties[key], root, f'{where}.{key}')
    if isinstance(value, list) and 'items' in schema:
        for i, one in enumerate(value): found += faults(one, schema['items'], root, f'{where}[{i}]')
    return found
