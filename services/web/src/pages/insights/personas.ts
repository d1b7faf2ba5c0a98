// For whom: the same figures, another order.
import type { Persona } from '../../api/types';

export const PERSONAS = [
  'business',
  'data_engineer',
  'data_scientist',
  'operator',
] as const satisfies readonly Persona[];

export const TITLE: Record<Persona, string> = {
  business: 'Business user',
  data_engineer: 'Data engineer',
  data_scientist: 'Data scientist',
  operator: 'Operator',
};

export const QUESTION: Record<Persona, string> = {
  business: 'Can I trust it, and what does it cost me?',
  data_engineer: 'Did the data arrive, complete and in shape, and which run broke it?',
  data_scientist: 'Is the model still right, and which inputs moved?',
  operator: 'Is the service well, and whom do I call?',
};

export const isPersona = (text: string): text is Persona => PERSONAS.some((one) => one === text);
