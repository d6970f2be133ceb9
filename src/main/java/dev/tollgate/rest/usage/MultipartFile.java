package dev.tollgate.rest.usage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.commons.fileupload2.core.MultipartInput;
import org.apache.commons.fileupload2.core.ParameterParser;
import org.apache.commons.io.input.BoundedInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The first file of a {@code multipart/form-data} body, read as it comes in. Parts before it are skipped, and parts after
 * it are not read.
 *
 * @param fileName the client's name for it; may be empty
 * @param contentType the part's own media type; null if it has none
 * @param body its bytes; breaks if the body ends before the part does
 */
record MultipartFile(String fileName, @Nullable String contentType, InputStream body) {

    /** Room for a file name of 10,000 characters, each escaped. */
    private static final int MAX_PART_HEADERS = 128 * 1024;

    private static final int MAX_BOUNDARY = 200;
    private static final int MAX_PARTS = 100;
    private static final int BUFFER = 64 * 1024;

    /** What an encoded word begins with, and what hides that from the library: a character that is in no file's name. */
    private static final String ENCODED_WORD = "=?";

    private static final String ENCODED_WORD_HIDDEN = "=\uffff?";

    /**
     * Finds it.
     *
     * @param contentType the request's, which says what parts them
     * @param maxBytes how much of the body is read at most
     * @return empty if there is no file among the first {@value #MAX_PARTS} parts
     * @throws IOException if the body is no multipart body, or breaks off
     */
    static Optional<MultipartFile> first(InputStream body, String contentType, long maxBytes) throws IOException {
        MultipartInput input = MultipartInput.builder()
                // Past the limit the body seems to end: what comes before the file counts as well.
                .setInputStream(BoundedInputStream.builder()
                        .setInputStream(body)
                        .setMaxCount(maxBytes)
                        .get())
                .setBoundary(boundary(contentType))
                .setBufferSize(BUFFER)
                .setMaxPartHeaderSize(MAX_PART_HEADERS)
                .get();
        input.setHeaderCharset(StandardCharsets.UTF_8);
        boolean more = input.skipPreamble();
        for (int parts = 0; more && parts < MAX_PARTS; parts++) {
            Map<String, String> headers = headers(input.readHeaders());
            Map<String, String> disposition = parameters(headers.getOrDefault("content-disposition", ""));
            if (disposition.containsKey("filename")) {
                String name = disposition.get("filename");
                return Optional.of(new MultipartFile(
                        name == null ? "" : name, headers.get("content-type"), input.newInputStream()));
            }
            input.discardBodyData();
            more = input.readBoundary();
        }
        return Optional.empty();
    }

    private static byte[] boundary(String contentType) throws IOException {
        String boundary = parameters(contentType).get("boundary");
        if (boundary == null || boundary.isEmpty() || boundary.length() > MAX_BOUNDARY) {
            throw new IOException("the multipart body has no usable boundary");
        }
        return boundary.getBytes(StandardCharsets.ISO_8859_1);
    }

    /**
     * Returns the parameters of a header field's value, by name in lower case; RFC 2231's {@code name*} is decoded, and so
     * is an encoded word of RFC 2047 if the library can. If not, encoded words are ordinary text.
     */
    static Map<String, String> parameters(String value) {
        try {
            return parsed(value);
        } catch (IllegalArgumentException e) {
            // One broken word, such as base64 that is none, fails the whole value.
            Map<String, String> undecoded = parsed(value.replace(ENCODED_WORD, ENCODED_WORD_HIDDEN));
            undecoded.replaceAll((name, text) -> text == null ? null : text.replace(ENCODED_WORD_HIDDEN, ENCODED_WORD));
            return undecoded;
        }
    }

    private static Map<String, String> parsed(String value) {
        ParameterParser parser = new ParameterParser();
        parser.setLowerCaseNames(true);
        return parser.parse(value, ';');
    }

    private static Map<String, String> headers(String block) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line : block.replaceAll("\r\n[ \t]+", " ").split("\r\n")) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.put(
                        line.substring(0, colon).strip(),
                        line.substring(colon + 1).strip());
            }
        }
        return headers;
    }
}
