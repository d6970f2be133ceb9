package dev.tollgate.redis;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Arguments that many calls of one script have in common, by identity: they are sent once for all of them. Immutable. */
final class SharedArguments {

    private final List<byte[]> words;

    /** Of words, which are made bytes once. */
    SharedArguments(List<String> words) {
        this.words = words.stream()
                .map(word -> word.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    /** The words as bytes; not to be changed. */
    List<byte[]> words() {
        return words;
    }
}
