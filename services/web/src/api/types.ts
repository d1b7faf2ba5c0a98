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

export type Graph = Schema['GraphOut'];
export type GraphMark = Schema['MarkOut'];
export type GraphStep = Schema['StepOut'];
export type GraphNode = Schema['NodeOut'];
export type GraphFound = Schema['FoundOut'];
export type NodeKind = GraphMark['kind'];
export type RunStatus = GraphMark['status'];

export type Explanations = Schema['ExplanationsOut'];
export type ExplanationItem = Explanations['items'][number];
export type GlobalExplanation = Schema['GlobalOut'];
export type Importance = GlobalExplanation['features'][number];
export type LocalExplanation = Schema['LocalOut'];
export type Contribution = LocalExplanation['contributions'][number];
export type Asked = Schema['ExplanationOut'];
export type WhatIf = Schema['WhatIf'];
export type Locals = Schema['LocalsOut'];
export type Cell = Contribution['value'];

export type Pipeline = Schema['PipelineOut'];
export type RunBrief = Schema['RunBrief'];
export type Run = Schema['RunOut'];
export type ActivityRun = Schema['ActivityRun'];
export type Sources = Schema['SourcesOut'];
export type Source = Sources['items'][number];
export type SourceIn = Schema['SourceIn'];
