package dev.tollgate.rest.support;

import dev.tollgate.core.problem.Problems;
import jakarta.json.Json;
import jakarta.json.JsonConfig;
import jakarta.json.JsonReader;
import jakarta.json.JsonReaderFactory;
import jakarta.json.JsonValue;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParserFactory;
import jakarta.json.stream.JsonParsingException;
import jakarta.ws.rs.container.ContainerRequestContext;
import java.io.InputStream;
import java.io.StringReader;
import java.util.Map;

/** A strict reader of a request's body as one JSON value: bounded, no member twice, nothing after it. */
public final class JsonBody {

    private static final JsonReaderFactory READERS =
            Json.createReaderFactory(Map.of(JsonConfig.KEY_STRATEGY, JsonConfig.KeyStrategy.NONE));

    private static final JsonParserFactory PARSERS = Json.createParserFactory(Map.of());

    private JsonBody() {}

    /**
     * Reads a body.
     *
     * @param body the request's, as it comes in
     * @param maxBytes its longest, as it comes in and inflated; beyond it the answer is 413
     * @throws ProblemException if it cannot be read as what it must be
     */
    public static JsonValue read(ContainerRequestContext request, InputStream body, int maxBytes) {
        return parse(RequestText.read(request, body, maxBytes));
    }

    /**
     * Parses a text that is part of a body.
     *
     * @throws ProblemException if it is not what a body must be
     */
    public static JsonValue parse(byte[] text) {
        return parse(RequestText.of(text));
    }

    private static JsonValue parse(String text) {
        try {
            refuseMore(text);
            try (JsonReader reader = READERS.createReader(new StringReader(text))) {
                return reader.readValue();
            }
        } catch (JsonParsingException e) {
            throw bad("The body is not JSON, or gives a member twice; see line "
                    + e.getLocation().getLineNumber() + ", column "
                    + e.getLocation().getColumnNumber() + ".");
        } catch (RuntimeException e) {
            // Parsers have no common type for what passes bounds of their own.
            throw bad("The body is not JSON, or gives a member twice.");
        }
    }

    /**
     * Checks that nothing follows the value. A reader stops where the value ends; a parser that is asked for more reads on,
     * and throws.
     */
    private static void refuseMore(String text) {
        try (JsonParser parser = PARSERS.createParser(new StringReader(text))) {
            while (parser.hasNext()) {
                parser.next();
            }
        }
    }

    private static ProblemException bad(String detail) {
        return new ProblemException(Problems.badRequest(detail));
    }
}
