// Names for the parts of the generated schema the pages speak of.
import type { components } from './schema.gen';

type Schema = components['schemas'];

export type Status = Schema['FleetEntry']['status'];
export type FleetEntry = Schema['FleetEntry'];
export type FleetSummary = Schema['FleetSummary'];
export type Model = Schema['ModelView'];
export type Drift = Schema['Drift'];
export type DriftPoint = Schema['TrendPoint'];
export type ChangePoint = Schema['ChangePoint'];
export type Heatmap = Schema['Heatmap'];
export type Report = Schema['DriftReport'];
export type FeatureDrift = Schema['FeatureDrift'];
export type MethodResult = Schema['MethodResult'];
export type Feature = Schema['FeatureView'];
export type Distribution = Schema['Distribution'];
export type Identity = Schema['Identity'];
