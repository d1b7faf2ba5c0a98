// Names for the parts of the generated schema the pages speak of.
import type { components } from './schema.gen';

type Schema = components['schemas'];

export type Status = Schema['FleetItem']['status'];
export type Kind = Schema['FeatureDrift']['kind'];
export type FleetItem = Schema['FleetItem'];
export type Fleet = Schema['FleetOut'];
export type Model = Schema['ModelOut'];
export type Reference = Schema['ReferenceOut'];
export type Drift = Schema['DriftOut'];
export type DriftPoint = Schema['TrendPoint'];
export type ChangePoint = Schema['ChangePoint'];
export type Heatmap = Schema['HeatmapOut'];
export type Report = Schema['ReportOut'];
export type FeatureDrift = Schema['FeatureDrift'];
export type MethodResult = Schema['MethodResult'];
export type Feature = Schema['FeatureOut'];
export type FeaturePoint = Schema['FeaturePoint'];
export type Distribution = Schema['Distribution'];
export type Catalogue = Schema['Catalogue'];
export type Session = Schema['SessionOut'];
export type Performance = Schema['PerformanceOut'];
export type PerformancePoint = Schema['PerformancePoint'];
export type PerformanceKind = Performance['kind'];
export type BatchPerformance = Schema['BatchPerformanceOut'];
export type PerformancePart = Schema['ReportPart'];
export type MetricInfo = Schema['MetricInfo'];
export type MetricValue = Schema['MetricValue'];
