package dev.tollgate.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Runs contestants in turn, round after round, so that what the machine does meanwhile meets all of them alike. Every other
 * round goes backwards. The first round warms up and is not counted.
 */
final class Rounds {

    private final int rounds;

    /**
     * @param rounds counted ones
     */
    Rounds(int rounds) {
        this.rounds = rounds;
    }

    /** What each contestant measured, round by round. */
    <T> Map<String, List<T>> run(Map<String, Supplier<T>> contestants) {
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
