package dev.tollgate.bench.section;

import dev.tollgate.bench.measure.Findings;
import dev.tollgate.bench.measure.Plan;
import dev.tollgate.bench.measure.Section;
import java.util.Collection;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The time and allocation of small operations, by JMH. */
public final class Small implements Section {

    @Override
    public String title() {
        return "Small things in this process";
    }

    @Override
    public void measure(Plan plan, Findings findings) throws Exception {
        TimeValue step = TimeValue.milliseconds(plan.millis() / 2);
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include(SmallThings.class.getName())
                        .forks(1)
                        .warmupIterations(plan.rounds())
                        .warmupTime(step)
                        .measurementIterations(plan.rounds())
                        .measurementTime(step)
                        .addProfiler(GCProfiler.class)
                        .verbosity(VerboseMode.SILENT)
                        .shouldFailOnError(true)
                        .build())
                .run();
        findings.head("JMH, average", "ns", "error", "bytes allocated");
        for (RunResult result : results) {
            var time = result.getPrimaryResult();
            var bytes = result.getSecondaryResults().get("gc.alloc.rate.norm");
            findings.row(
                    time.getLabel(),
                    "%,.0f".formatted(time.getScore()),
                    "± %,.0f".formatted(time.getScoreError()),
                    bytes == null ? "" : "%,.0f".formatted(bytes.getScore()));
        }
    }
}
