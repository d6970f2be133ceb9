package dev.tollgate.arch.violations.gate;

import io.prometheus.metrics.model.snapshots.Labels;

/** Breaks: only metrics sees the library that writes metrics down. */
public class KnowsPrometheus {

    Labels labels = Labels.EMPTY;
}
