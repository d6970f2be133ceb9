package dev.tollgate.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page of the documents.
 *
 * @param name its path from the project's directory, such as {@code docs/operations.md}; a release's own page is in its folder
 *     what {@code README.md} is in the project's, and its links lead from there
 * @param lines its text
 */
public record Page(String name, List<String> lines) {

    private static final Path PROJECT =
            Path.of(System.getProperty("tollgate.test.project", "")).toAbsolutePath();
    private static final String RELEASE = "src/release/README.md";
    private static final Pattern FENCE = Pattern.compile("^( *)```(.*)$");
    private static final Pattern SPAN = Pattern.compile("(?<!`)`([^`]+)`(?!`)");

    /**
     * Something in a page's text.
     *
     * @param line where it begins, from 1
     * @param kind what a fence says of its block, such as {@code sh}; empty if nothing
     * @param lines a block's lines, without the fence's indentation
     */
    public record Block(int line, String kind, List<String> lines) {}

    /**
     * A piece of code within a sentence.
     *
     * @param line where it is, from 1
     * @param text without the quotes
     */
    public record Span(int line, String text) {}

    /** Every page there is, of all directories that hold any. */
    public static List<Page> all() {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> top = Files.list(PROJECT);
                Stream<Path> docs = Files.walk(PROJECT.resolve("docs"));
                Stream<Path> set = Files.walk(PROJECT.resolve("server-config"))) {
            Stream.of(top, docs, set, Stream.of(PROJECT.resolve(RELEASE)))
                    .flatMap(some -> some)
                    .filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .forEach(files::add);
            List<Page> pages = new ArrayList<>();
            for (Path file : files) {
                pages.add(new Page(PROJECT.relativize(file).toString(), Files.readAllLines(file)));
            }
            return pages;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From where its links lead. */
    public Path file() {
        return PROJECT.resolve(name.equals(RELEASE) ? "README.md" : name);
    }

    /** Its fenced blocks. */
    public List<Block> blocks() {
        List<Block> blocks = new ArrayList<>();
        Block open = null;
        String indent = "";
        for (int i = 0; i < lines.size(); i++) {
            Matcher fence = FENCE.matcher(lines.get(i));
            if (fence.matches() && open == null) {
                open = new Block(i + 1, fence.group(2).strip(), new ArrayList<>());
                indent = fence.group(1);
            } else if (fence.matches()) {
                blocks.add(open);
                open = null;
            } else if (open != null) {
                String line = lines.get(i);
                open.lines().add(line.startsWith(indent) ? line.substring(indent.length()) : line);
            }
        }
        if (open != null) {
            throw new IllegalStateException(name + ":" + open.line() + ": the block has no end");
        }
        return blocks;
    }

    /** The code within its sentences, fenced blocks left out. */
    public List<Span> spans() {
        List<Span> spans = new ArrayList<>();
        boolean fenced = false;
        for (int i = 0; i < lines.size(); i++) {
            if (FENCE.matcher(lines.get(i)).matches()) {
                fenced = !fenced;
            } else if (!fenced) {
                Matcher span = SPAN.matcher(lines.get(i));
                while (span.find()) {
                    spans.add(new Span(i + 1, span.group(1)));
                }
            }
        }
        return spans;
    }
}
