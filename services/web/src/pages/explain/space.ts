// In which unit contributions are.
import type { GlobalExplanation } from '../../api/types';

export const SPACE: Record<GlobalExplanation['output'], string> = {
  margin: 'log-odds',
  probability: 'probability',
  value: 'the unit of the target',
};
