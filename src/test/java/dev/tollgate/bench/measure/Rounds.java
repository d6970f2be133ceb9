package dev.tollgate.bench.measure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A runner of contestants, one after the other in each round, so that disturbances of the machine affect all alike. Every other
 * round has the reverse order. The first round warms up and does not count.
 */
public final class Rounds {

    private final int rounds;

    /**
     * @param rounds counted ones
     */
    public Rounds(int rounds) {
        this.rounds = rounds;
    }

    /** Runs the rounds, and returns the results of each contestant by round. */
    public <T> Map<String, List<T>> run(Map<String, Supplier<T>> contestants) {
        Map<String, List<T>> measured = new LinkedHashMap<>();
        contestants.keySet().forEach(name -> measured.put(name, new ArrayList<>()));
        List<String> order = new ArrayList<>(contestants.keySet());
        for (int round = 0; round <= rounds; round++) {
            for (int i = 0; i < order.size(); i++) {
                String name = order.get(round % 2 == 0 ? i : order.size() - 1 - i);
                T value = contestants.get(name).get();
                if (round > 0) {
                    measured.get(name).add(value);
                }
            }
        }
        return measured;
    }
}
