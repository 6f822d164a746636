import type { ParameterSource, Source } from './source.ts';

/**
 * Where the data differs from the standard (LLRP 1.0.1 and 1.1, binary encoding). The data stays as it was
 * published; what is put right is put right here, and a test fails when one of these no longer applies.
 */
export function amend(source: Source): Source {
  const parameters = source.parameters.map((one) => {
    switch (one.name) {
      // 16.2.7.6.2: the channel follows the hop table.
      case 'HoppingEvent':
        return withField(one, { name: 'NextChannelIndex', type: 'uint16' });
      // 16.2.7.6.8: the event names the RFSurveySpec within its ROSpec.
      case 'RFSurveyEvent':
        return withField(one, { name: 'SpecIndex', type: 'uint16' });
      // LLRP 1.1 adds a third bit: all tags, whatever their SL flag. It was reserved before.
      case 'C1G2TagInventoryStateAwareSingulationAction':
        return withSAll(one);
      default:
        return one;
    }
  });
  // A version has three bits in the header of a message and eight where it is a field.
  const types = source.types.map((one) => {
    if (one.name !== 'VersionNum') return one;
    if (one.bits !== 3) throw new Error('VersionNum no longer has three bits');
    return { name: one.name, storage: one.storage };
  });
  return { ...source, parameters, types };
}

function withField(one: ParameterSource, field: { name: string; type: string }): ParameterSource {
  const fields = one.fields ?? [];
  if (fields.some((known) => known.name === field.name)) throw new Error(`${one.name} has ${field.name}`);
  return { ...one, fields: [...fields, field] };
}

function withSAll(one: ParameterSource): ParameterSource {
  const [first, second, ...more] = one.fields ?? [];
  if (first === undefined || second === undefined || more.length > 0) {
    throw new Error(`${one.name} no longer has two fields`);
  }
  return {
    ...one,
    fields: [first, { ...second, partial: true }, { name: 'SAll', type: 'bool', bit: 2 }],
  };
}
