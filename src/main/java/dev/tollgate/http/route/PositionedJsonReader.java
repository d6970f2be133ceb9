package dev.tollgate.http.route;

import dev.tollgate.core.problem.LogText;
import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParser.Event;
import jakarta.json.stream.JsonParsingException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A JSON text read from front to back that can tell where it is: errors name file, line, column and the member, such as
 * {@code routes.json:7:15: routes[2].cost must be ...}. Members that occur twice are refused. After an error in a member or an
 * element it goes on with the next, so that all errors are found. Not thread-safe.
 */
final class PositionedJsonReader {

    private static final int MAX_PROBLEMS = 100;

    private final String name;
    private final String text;
    private JsonParser parser;
    private @Nullable Event event;
    private long before;
    private int depth;
    private final List<String> problems = new ArrayList<>();
    private String path = "";

    @SuppressWarnings("NullAway.Init") // read opens the parser before anything asks it
    PositionedJsonReader(String name, String text) {
        this.name = name;
        this.text = text;
    }

    /**
     * Runs what reads the text; afterwards the text must be at its end.
     *
     * @throws RouteFileException with all problems, {@value #MAX_PROBLEMS} at most
     */
    void read(Runnable reader) {
        try (JsonParser opened = Json.createParser(new StringReader(text))) {
            parser = opened;
            attempt(reader);
            while (parser.hasNext()) {
                next();
            }
        } catch (JsonParsingException e) {
            long offset = e.getLocation().getStreamOffset();
            note(name + ":" + position(offset < 0 ? text.length() : offset) + ": is not JSON here");
        } catch (JsonException e) {
            note(name + ": is not JSON");
        }
        if (!problems.isEmpty()) {
            throw new RouteFileException(problems);
        }
    }

    /** Runs what reads a part of the text, and notes its error. */
    private void attempt(Runnable part) {
        try {
            part.run();
        } catch (JsonException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            note(String.valueOf(e.getMessage()));
        }
    }

    private void note(String problem) {
        if (problems.size() < MAX_PROBLEMS) {
            problems.add(problem);
        }
    }

    /** Returns how many errors were found so far. */
    int problems() {
        return problems.size();
    }

    /** Goes to the next event. */
    void next() {
        before = event == null ? 0 : parser.getLocation().getStreamOffset();
        event = parser.next();
        if (event == Event.START_OBJECT || event == Event.START_ARRAY) {
            depth++;
        } else if (event == Event.END_OBJECT || event == Event.END_ARRAY) {
            depth--;
        }
    }

    /** Goes to the end of the value at hand, whatever of it was read. */
    private void finish(int outside) {
        while (depth > outside) {
            next();
        }
    }

    /** Reads the members of the object at hand; the reader is called with each one's name, standing at its value. */
    void object(String what, Consumer<String> member) {
        expect(Event.START_OBJECT, what + " must be an object");
        String outer = path;
        int inside = depth;
        Set<String> seen = new HashSet<>();
        for (next(); event != Event.END_OBJECT; next()) {
            String key = parser.getString();
            path = outer + (outer.isEmpty() ? "" : ".") + printable(key);
            if (seen.add(key)) {
                next();
                attempt(() -> member.accept(key));
            } else {
                note(place() + " is there twice");
                next();
            }
            finish(inside);
        }
        path = outer;
    }

    /** Reads the elements of the array at hand; the reader is called standing at each. */
    void array(Runnable element) {
        expect(Event.START_ARRAY, "must be a list");
        String outer = path;
        int inside = depth;
        int index = 0;
        for (next(); event != Event.END_ARRAY; next()) {
            path = outer + "[" + index++ + "]";
            attempt(element);
            finish(inside);
        }
        path = outer;
    }

    /** The text at hand. */
    String string() {
        expect(Event.VALUE_STRING, "must be a text");
        return parser.getString();
    }

    /** The truth value at hand. */
    boolean flag() {
        if (event != Event.VALUE_TRUE && event != Event.VALUE_FALSE) {
            throw error("must be true or false");
        }
        return event == Event.VALUE_TRUE;
    }

    /** The text at hand, which must be one of those given. */
    String oneOf(String... choices) {
        List<String> allowed = List.of(choices);
        if (event != Event.VALUE_STRING || !allowed.contains(parser.getString())) {
            throw error("must be one of " + String.join(", ", allowed));
        }
        return parser.getString();
    }

    /** The whole number at hand, which must lie within the bounds. */
    long integer(long least, long most) {
        String bounds = "must be a whole number between " + least + " and " + most;
        expect(Event.VALUE_NUMBER, bounds);
        String digits = parser.getString();
        if (digits.length() > 18 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw error(bounds);
        }
        long value = Long.parseLong(digits);
        if (value < least || value > most) {
            throw error(bounds);
        }
        return value;
    }

    private void expect(Event expected, String what) {
        if (event != expected) {
            throw error(what);
        }
    }

    /** That there is no such member, and which there are. */
    IllegalArgumentException unknown(String member, String known) {
        return error("is no member; there are " + known);
    }

    /** That something is wrong at the value at hand. */
    IllegalArgumentException error(String what) {
        return new IllegalArgumentException(place() + " " + what);
    }

    /** Where the value at hand begins. */
    String place() {
        int at = (int) before;
        while (at < text.length() && " \t\r\n,:".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        return name + ":" + position(at) + ":" + (path.isEmpty() ? "" : " " + path);
    }

    private String position(long offset) {
        int line = 1;
        int column = 1;
        for (int i = 0; i < Math.min(offset, text.length()); i++) {
            column++;
            if (text.charAt(i) == '\n') {
                line++;
                column = 1;
            }
        }
        return line + ":" + column;
    }

    private static String printable(String key) {
        String quoted = LogText.quote(key);
        return quoted.substring(1, quoted.length() - 1);
    }
}
