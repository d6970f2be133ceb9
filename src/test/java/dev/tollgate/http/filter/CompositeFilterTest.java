package dev.tollgate.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.Filter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CompositeFilterTest {

    private final List<String> seen = new ArrayList<>();

    private Filter passing(String name) {
        return (request, response, chain) -> {
            seen.add(name);
            chain.doFilter(request, response);
            seen.add(name + " after");
        };
    }

    @Test
    void filtersRunInTheirOrderAndThenWhatIsBehindThem() throws Exception {
        CompositeFilter line = new CompositeFilter(List.of(passing("first"), passing("second")));
        line.doFilter(null, null, (request, response) -> seen.add("behind"));
        assertThat(seen).containsExactly("first", "second", "behind", "second after", "first after");
    }

    @Test
    void whoDoesNotPassARequestOnEndsIt() throws Exception {
        CompositeFilter line =
                new CompositeFilter(List.of(passing("first"), (request, response, chain) -> {}, passing("never")));
        line.doFilter(null, null, (request, response) -> seen.add("behind"));
        assertThat(seen).containsExactly("first", "first after");
    }
}
