// In which unit contributions are, and how an answer is said.
import type { GlobalExplanation, LocalExplanation } from '../../api/types';
import { number, tenths } from '../../ui/format';

export const SPACE: Record<GlobalExplanation['output'], string> = {
  margin: 'log-odds',
  probability: 'probability',
  value: 'the unit of the target',
};

type Output = LocalExplanation['output'];
type Answered = Pick<LocalExplanation, 'answer' | 'prediction'>;

/** An answer as its user sees it: a probability in per cent, to a tenth, so that a small change shows. */
export function printAnswer({ answer, prediction }: Answered, output: Output): string {
  const value = answer ?? prediction;
  if (value === null) return 'unknown';
  const isShare = output === 'probability' || (output === 'margin' && answer !== null);
  return isShare ? tenths(value) : number(value);
}
