// Why the mean answer is another than on the reference: the parts of all inputs add up to the change.
import { Link } from 'react-router';
import type { GlobalExplanation } from '../../api/types';
import { left, type Part, Waterfall } from '../../charts/waterfall';
import { number, signed } from '../../ui/format';
import { Panel } from '../../ui/panel';
import { SPACE } from './space';

const MOST = 8;

interface Props {
  found: GlobalExplanation;
  shift: NonNullable<GlobalExplanation['shift']>;
  /** The way to an input, at the time that is shown. */
  to: (feature: string) => string;
}

export function Moved({ found, shift, to }: Props) {
  const shown = shift.features.slice(0, MOST);
  const rest = shift.change - shown.reduce((sum, { change }) => sum + change, 0);
  const parts: Part[] = shown.map(({ feature, change, interval }) => ({
    key: feature,
    name: <Link to={to(feature)}>{feature}</Link>,
    change,
    interval,
  }));
  parts.push(...left(rest, parts, 'all others'));
  return (
    <Panel
      title="Why the mean answer moved"
      lead={`From ${number(shift.reference)} on the reference to ${number(shift.current)}, in ${SPACE[found.output]}. The parts add up; a line shows where a part lies with 95 % confidence.`}
    >
      <Waterfall
        label="The mean answer, from the reference to now, input by input"
        from={{ name: 'Mean on the reference', value: shift.reference }}
        to={{ name: 'Mean now', value: shift.current }}
        parts={parts}
        format={number}
        signed={signed}
      />
    </Panel>
  );
}
