package dev.tollgate.bench;

/** One part of the bench, with servers of its own. */
interface Section {

    /** The heading on the page. */
    String title();

    /**
     * Measures.
     *
     * @param plan how long and how often
     * @param findings where it goes
     */
    void measure(Plan plan, Findings findings) throws Exception;
}
