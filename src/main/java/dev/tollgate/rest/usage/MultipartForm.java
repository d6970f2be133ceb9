package dev.tollgate.rest.usage;

import dev.tollgate.core.problem.Problems;
import dev.tollgate.rest.support.ProblemException;
import dev.tollgate.storage.FileName;
import dev.tollgate.storage.TooLargeException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.commons.fileupload2.core.MultipartInput;
import org.apache.commons.io.input.BoundedInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A {@code multipart/form-data} body (RFC 7578), read as it comes in. Its first file is given to the caller. Fields, and file
 * inputs that a user left blank, are passed over. The names of further files are noted, and their bytes are dropped.
 *
 * <p>The form is read to its closing boundary before the file's stream says that it ends. So a store that keeps whole files keeps
 * none of a form that breaks off. Not thread-safe.
 */
final class MultipartForm {

    /**
     * A form's file.
     *
     * @param fileName the client's name for it; may be empty
     * @param contentType the part's own media type; null if it has none
     * @param body its bytes; reading its end reads the rest of the form, and fails if that is incomplete
     */
    record File(String fileName, @Nullable String contentType, InputStream body) {}

    /** Parts at most, the file among them. */
    static final int MAX_PARTS = 1_000;

    /** Further files that are named at most. */
    static final int MAX_NAMED = 100;

    /** Room for a file name of 10,000 characters, each escaped. */
    private static final int MAX_PART_HEADERS = 128 * 1024;

    private static final int MAX_BOUNDARY = 200;
    private static final int MAX_CHARSET = 40;
    private static final int BUFFER = 64 * 1024;

    private static final String FILE_NAME = "filename";

    /** The field in which browsers say the form's character set (RFC 7578, section 4.6). */
    private static final String CHARSET_FIELD = "_charset_";

    /** Codings of a part that leave its bytes as they are (RFC 2045, section 6). */
    private static final Set<String> UNCHANGED = Set.of("7bit", "8bit", "binary");

    /** A part, before its bytes are read. */
    private record Part(@Nullable String name, @Nullable String fileName, Map<String, String> headers) {}

    private final MultipartInput input;
    private final List<String> others = new ArrayList<>();
    private Charset charset = StandardCharsets.ISO_8859_1;
    private int parts;

    /**
     * @param contentType the request's, which has the boundary
     * @param maxBytes how much of the body is read at most; beyond it reading fails with {@link TooLargeException}
     * @throws IOException if there is no usable boundary
     */
    MultipartForm(InputStream body, String contentType, long maxBytes) throws IOException {
        input = MultipartInput.builder()
                .setInputStream(BoundedInputStream.builder()
                        .setInputStream(body)
                        .setMaxCount(maxBytes)
                        .setOnMaxCount((most, count) -> {
                            throw new TooLargeException("the form has more than " + most + " bytes");
                        })
                        .get())
                .setBoundary(boundary(contentType))
                .setBufferSize(BUFFER)
                .setMaxPartHeaderSize(MAX_PART_HEADERS)
                .get();
        input.setHeaderCharset(StandardCharsets.ISO_8859_1);
    }

    private static byte[] boundary(String contentType) throws IOException {
        String boundary = FieldParameters.of(contentType)
                .plain("boundary")
                .map(String::stripTrailing)
                .orElse("");
        if (boundary.isEmpty() || boundary.length() > MAX_BOUNDARY) {
            throw new IOException("the multipart body has no usable boundary");
        }
        return boundary.getBytes(StandardCharsets.ISO_8859_1);
    }

    /**
     * Finds the first file. To be called once.
     *
     * @return empty if the form holds none
     * @throws IOException if the body is no such form, or breaks off
     * @throws ProblemException if there are more than {@value #MAX_PARTS} parts, or the file's has a coding
     */
    Optional<File> file() throws IOException {
        boolean more = input.skipPreamble();
        while (more) {
            Part part = next();
            InputStream bytes = input.newInputStream();
            String fileName = part.fileName();
            if (fileName != null) {
                PushbackInputStream file = new PushbackInputStream(bytes);
                if (!fileName.isEmpty() || !isAtEnd(file)) {
                    requireNoCoding(part);
                    return Optional.of(new File(fileName, part.headers().get("content-type"), new Whole(file)));
                }
            } else if (CHARSET_FIELD.equals(part.name())) {
                charset = charset(new String(bytes.readNBytes(MAX_CHARSET), StandardCharsets.US_ASCII));
            }
            bytes.transferTo(OutputStream.nullOutputStream());
            more = input.readBoundary();
        }
        return Optional.empty();
    }

    /** Returns the sanitized names of files after the first; complete once that one's body has ended. */
    List<String> others() {
        return List.copyOf(others);
    }

    private void readRest() throws IOException {
        while (input.readBoundary()) {
            Part part = next();
            PushbackInputStream bytes = new PushbackInputStream(input.newInputStream());
            String fileName = part.fileName();
            boolean real = fileName != null && (!fileName.isEmpty() || !isAtEnd(bytes));
            if (real && others.size() < MAX_NAMED) {
                others.add(FileName.of(fileName));
            }
            bytes.transferTo(OutputStream.nullOutputStream());
        }
    }

    private static boolean isAtEnd(PushbackInputStream bytes) throws IOException {
        int first = bytes.read();
        if (first >= 0) {
            bytes.unread(first);
        }
        return first < 0;
    }

    private Part next() throws IOException {
        if (++parts > MAX_PARTS) {
            throw new ProblemException(Problems.badRequest(
                    "The form has more than " + MAX_PARTS + " parts. Send the file with fewer fields."));
        }
        Map<String, String> headers = headers(input.readHeaders());
        FieldParameters disposition =
                FieldParameters.of(FieldParameters.text(headers.getOrDefault("content-disposition", ""), charset));
        return new Part(disposition.plain("name").orElse(null), fileName(disposition), headers);
    }

    /** Returns the name that a part gives to its file; null if it is no file. */
    private static @Nullable String fileName(FieldParameters disposition) {
        if (!disposition.has(FILE_NAME)) {
            return null;
        }
        return disposition
                .extended(FILE_NAME)
                .orElseGet(() -> FieldParameters.withoutEncodedWords(
                        unescaped(disposition.plain(FILE_NAME).orElse(""))));
    }

    /** Decodes what browsers write for a quote and line breaks. Any other percent sign is part of the name. */
    private static String unescaped(String name) {
        return name.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n");
    }

    private static Charset charset(String name) {
        try {
            return Charset.isSupported(name.strip()) ? Charset.forName(name.strip()) : StandardCharsets.ISO_8859_1;
        } catch (IllegalCharsetNameException e) {
            return StandardCharsets.ISO_8859_1;
        }
    }

    private static void requireNoCoding(Part part) {
        String coding = part.headers().getOrDefault("content-transfer-encoding", "binary");
        if (UNCHANGED.stream().noneMatch(coding::equalsIgnoreCase)) {
            throw new ProblemException(Problems.unsupportedMediaType(
                    "The file's part has a Content-Transfer-Encoding, which forms over HTTP do not use (RFC 7578). Send the"
                            + " file's bytes as they are."));
        }
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

    /** The file's bytes, whose end comes when the form's end has come. */
    private final class Whole extends FilterInputStream {

        private boolean ended;

        Whole(InputStream file) {
            super(file);
        }

        @Override
        public int read() throws IOException {
            return checked(ended ? -1 : super.read());
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            return checked(ended && length > 0 ? -1 : super.read(buffer, offset, length));
        }

        private int checked(int read) throws IOException {
            if (read < 0 && !ended) {
                readRest();
                ended = true;
            }
            return read;
        }
    }
}
