// Parts of the address that are not understood, and that their defaults stand in.
import { Notice } from './problem-view';

export function Refusals({ refused }: { refused: readonly { name: string; value: string }[] }) {
  if (!refused.length) return null;
  const list = refused.map(({ name, value }) => `${name}=${value}`).join(', ');
  return <Notice>{`The address holds ${list}, which is not understood here. The default is shown.`}</Notice>;
}
