package dev.tollgate.core.bodylimit;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** A content coding (RFC 9110, section 8.4) that Tollgate undoes: none, or gzip once. Immutable. */
public enum ContentCoding {
    /** No coding. */
    IDENTITY,

    /** The format of RFC 1952, of one member or several. */
    GZIP;

    /** The value of {@code Accept-Encoding} that says which codings a body may have. */
    public static final String ACCEPTED = "gzip";

    /** The length of what follows a member's compressed bytes: its checksum and length. */
    private static final int TRAILER = 8;

    /**
     * Returns the coding that header fields name.
     *
     * @param fields the values of all {@code Content-Encoding} fields
     * @return empty if they name another coding, or more than one
     */
    public static Optional<ContentCoding> of(List<String> fields) {
        List<String> names = fields.stream()
                .flatMap(field -> Stream.of(field.split(",")))
                .map(name -> name.strip().toLowerCase(Locale.ROOT))
                .filter(name -> !name.isEmpty() && !name.equals("identity"))
                .toList();
        if (names.isEmpty()) {
            return Optional.of(IDENTITY);
        }
        // RFC 9110 has x-gzip mean the same.
        boolean gzip = names.size() == 1
                && (names.get(0).equals("gzip") || names.get(0).equals("x-gzip"));
        return gzip ? Optional.of(GZIP) : Optional.empty();
    }

    /**
     * Returns a body without this coding. An empty body stays empty.
     *
     * @param body all of it
     * @param maxBytes the longest result
     * @return at most {@code maxBytes + 1} bytes; so many say that the result would be too long, and the rest was not inflated
     * @throws ZipException if the body has another format, is damaged, ends too early or has more after its end
     */
    public byte[] decode(byte[] body, int maxBytes) throws ZipException {
        if (this == IDENTITY || body.length == 0) {
            return body;
        }
        try (Members members = new Members(body)) {
            byte[] plain = members.readNBytes(maxBytes + 1);
            if (plain.length <= maxBytes && members.leavesSome()) {
                throw new ZipException("bytes follow that are no gzip");
            }
            return plain;
        } catch (ZipException e) {
            throw e;
        } catch (EOFException e) {
            throw new ZipException("it ends too early");
        } catch (IOException e) {
            throw new IllegalStateException("an array can be read", e);
        }
    }

    /** A reader of gzip that knows what it did not read: the library ignores it. */
    private static final class Members extends GZIPInputStream {

        Members(byte[] body) throws IOException {
            super(new ByteArrayInputStream(body), body.length);
        }

        boolean leavesSome() {
            return inf.getRemaining() > TRAILER;
        }
    }
}
