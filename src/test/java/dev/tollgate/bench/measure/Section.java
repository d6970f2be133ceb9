package dev.tollgate.bench.measure;

/** A section of the benchmark, with servers of its own. */
public interface Section {

    /** Returns the heading on the page. */
    String title();

    /**
     * Measures and adds the findings.
     *
     * @param plan how long and how often
     * @param findings where it goes
     */
    void measure(Plan plan, Findings findings) throws Exception;
}
