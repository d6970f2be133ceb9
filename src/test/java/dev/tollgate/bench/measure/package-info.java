/** The tools of each section: the plan of a run, its rounds, loops under load, and the findings. */
package dev.tollgate.bench.measure;
