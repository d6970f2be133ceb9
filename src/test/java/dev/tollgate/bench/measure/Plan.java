package dev.tollgate.bench.measure;

import java.nio.file.Path;

/**
 * The plan of a run: its length and its inputs.
 *
 * @param rounds counted rounds
 * @param millis duration per contestant and round
 * @param mostCallers known callers at most
 * @param keys changed API keys to settle
 * @param project the project's directory
 * @param wildflyHome the unpacked server
 * @param war the WAR that ships
 */
public record Plan(int rounds, long millis, int mostCallers, int keys, Path project, Path wildflyHome, Path war) {

    public static Plan full(Path project, Path wildflyHome, Path war) {
        return new Plan(5, 1_200, 1_000_000, 20_000, project, wildflyHome, war);
    }

    /** Creates a short plan, to check that the benchmark works. */
    public static Plan quick(Path project, Path wildflyHome, Path war) {
        return new Plan(3, 500, 10_000, 4_000, project, wildflyHome, war);
    }

    /** Returns the same plan with another duration per contestant and round. */
    public Plan of(long otherMillis) {
        return new Plan(rounds, otherMillis, mostCallers, keys, project, wildflyHome, war);
    }

    /** Returns the number of callers of whom none comes often. */
    public int coldCallers() {
        return Math.min(100_000, mostCallers);
    }

    /** Returns the directory of the findings and the servers. */
    public Path directory() {
        return project.resolve("target/bench");
    }
}
