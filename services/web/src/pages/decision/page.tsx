// Why one row was answered as it was, what would have changed it, and how it differs from another row.
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { localQuery } from '../../api/explanations';
import { modelQuery } from '../../api/models';
import { paths } from '../../app/paths';
import { oneOf, text, useUrl } from '../../app/url';
import { Loaded } from '../../ui/loaded';
import { PageHead } from '../../ui/page-head';
import { Refusals } from '../../ui/refusals';
import { changesParam } from './changes';
import { DecisionView } from './view';

const SPEC = { compare: text, change: changesParam, parts: oneOf(['fall', 'table'], 'fall') };
export type DecisionUrl = ReturnType<typeof useUrl<typeof SPEC>>;

export function DecisionPage() {
  const { model: name = '', row = '' } = useParams();
  const url = useUrl(SPEC);
  const model = useQuery(modelQuery(name)).data;
  const query = useQuery(localQuery(name, row));
  return (
    <>
      <title>{`${row} explained by ${name} · Bellwether`}</title>
      <PageHead
        trail={[
          ['Fleet', paths.fleet()],
          [name, paths.model(name)],
          ['Explanations', paths.explain(name)],
        ]}
        title={`Why ${row}?`}
        tag={model?.version == null ? null : `v${model.version}`}
      />
      <Refusals refused={url.refused} />
      <Loaded query={query} what={`the explanation of ${row}`} height={560}>
        {(found) => <DecisionView key={row} model={name} row={row} found={found} url={url} />}
      </Loaded>
    </>
  );
}
