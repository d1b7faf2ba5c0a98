// A decision about an incident: sent, and what the server answers is shown at once.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { annotationKeys } from '../../api/annotations';
import { causeKeys } from '../../api/causes';
import { changeIncident, incidentKeys } from '../../api/incidents';
import type { Incident, IncidentChange } from '../../api/types';

export function useChange({ id, model }: Incident) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (change: Partial<IncidentChange>) => changeIncident(id, change),
    onSuccess: (incident) => {
      queries.setQueryData(incidentKeys.one(id), incident);
      void queries.invalidateQueries({ queryKey: [...incidentKeys.all, 'page'] });
      void queries.invalidateQueries({ queryKey: causeKeys.of(model, id) });
      void queries.invalidateQueries({ queryKey: annotationKeys.all(model) });
    },
  });
}
