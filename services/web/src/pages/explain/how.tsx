// How an explanation was made, for those who want to know: method, question, background, checks, isolation.
import type { GlobalExplanation } from '../../api/types';
import { count, number, small } from '../../ui/format';
import { Named } from '../run/named';
import { SPACE } from './space';

type Said = Pick<
  GlobalExplanation,
  | 'method'
  | 'perturbation'
  | 'output'
  | 'output_class'
  | 'background'
  | 'additivity'
  | 'explained'
  | 'isolation'
  | 'cpu_seconds'
  | 'exact'
>;

const QUESTION = {
  interventional: 'an absent input takes the values of background rows',
  path_dependent: 'an absent input follows both branches of each tree',
  surrogate: 'a line through the answers stands in for the model',
} as const;

export function HowExplained({ found }: { found: Said }) {
  const { background, additivity, explained } = found;
  return (
    <Named
      title="How this was computed"
      values={{
        Method: `${found.method}${found.exact ? ', exact' : ''}`,
        ...(found.perturbation !== null && { Question: QUESTION[found.perturbation] }),
        Contributions: `in ${SPACE[found.output]}${found.output_class === null ? '' : `, class ${found.output_class}`}`,
        ...(background && { Background: `${count(background.rows)} rows of the ${background.source}` }),
        'Sum checked against the model':
          additivity.max_abs === null
            ? 'not checked'
            : `largest gap ${small(additivity.max_abs)} over ${count(additivity.rows)} rows`,
        ...(explained && { Model: `${explained.uri} (${explained.kind}, ${explained.flavour})` }),
        ...(found.isolation.length > 0 && { Isolation: found.isolation.join(', ') }),
        ...(found.cpu_seconds !== null && { 'CPU time': `${number(found.cpu_seconds)} s` }),
      }}
    />
  );
}
