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
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A strict reader of a request's body as one JSON object or array: UTF-8, bounded, no member twice, nothing after it. */
public final class JsonBody {

    private static final JsonReaderFactory READERS =
            Json.createReaderFactory(Map.of(JsonConfig.KEY_STRATEGY, JsonConfig.KeyStrategy.NONE));

    private static final JsonParserFactory PARSERS = Json.createParserFactory(Map.of());

    private JsonBody() {}

    /**
     * Reads a body.
     *
     * @param maxBytes its longest; beyond it the answer is 413
     * @throws ProblemException if it cannot be read as what it must be
     */
    public static JsonValue read(InputStream body, int maxBytes) {
        byte[] bytes;
        try {
            bytes = body.readNBytes(maxBytes + 1);
        } catch (IOException e) {
            throw bad("The body could not be read to its end. Send the request again.");
        }
        if (bytes.length > maxBytes) {
            throw new ProblemException(Problems.payloadTooLarge(maxBytes));
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            refuseMore(text);
            try (JsonReader reader = READERS.createReader(new StringReader(text))) {
                return reader.read();
            }
        } catch (CharacterCodingException e) {
            throw bad("The body is not UTF-8. Send JSON in UTF-8.");
        } catch (JsonParsingException e) {
            throw bad("The body is not JSON, or gives a member twice; see line "
                    + e.getLocation().getLineNumber() + ", column "
                    + e.getLocation().getColumnNumber() + ".");
        } catch (RuntimeException e) {
            // The parser has no type of its own for too deep a nesting, nor for a number of too many digits.
            throw bad("The body is not JSON, nests too deeply, or gives a member twice.");
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
